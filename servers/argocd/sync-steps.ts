import { isDeepStrictEqual } from 'node:util';
import { contentOf } from '../../shared/cluster/content.ts';
import { at } from '../../shared/kernel/json.ts';
import { lineCount } from '../../shared/kernel/line-diff.ts';
import { count } from '../../shared/kernel/text.ts';
import { type App, describeResource } from './app.ts';
import { describeObject, type Hook } from './manifests.ts';
import { diffOf, type Managed } from './resources.ts';

/** What a sync would do, step by step. */
export interface Steps {
  readonly doing: readonly Managed[];
  /** No longer in Git, and not deleted all the same. */
  readonly left: readonly Managed[];
  readonly hooks: readonly Hook[];
  /** Only of chosen resources: then no hook runs, and no history is kept. */
  readonly selective: boolean;
}

export function stepsOf(
  app: App,
  managed: readonly Managed[],
  hooks: readonly Hook[],
  { prune, selective }: { readonly prune: boolean; readonly selective: boolean },
): Steps {
  const kept = (step: Managed) => step.outcome === 'prune' && (!prune || has(app, step, 'Prune=false'));
  const differing = managed.filter(({ outcome }) => outcome !== 'same');
  return {
    doing: differing.filter((step) => !kept(step)),
    left: differing.filter(kept),
    hooks: selective ? [] : hooks,
    selective,
  };
}

/** `create 2, change 1, PRUNE 1, run 1 hook` */
export function summaryOf({ doing, left, hooks }: Steps): string {
  const of = (outcome: Managed['outcome']) => doing.filter((step) => step.outcome === outcome).length;
  const parts = [
    of('create') > 0 && `create ${of('create')}`,
    of('change') > 0 && `change ${of('change')}`,
    of('prune') > 0 && `PRUNE ${of('prune')}`,
    left.length > 0 && `leave ${left.length} to prune`,
    hooks.length > 0 && `run ${count(hooks.length, 'hook')}`,
  ];
  return parts.filter((part) => part !== false).join(', ');
}

const HOLDS_DATA = [
  'PersistentVolumeClaim',
  'PersistentVolume',
  'Namespace',
  'StatefulSet',
  'CustomResourceDefinition',
];

export function riskOf(app: App, steps: Steps): string {
  const pruned = steps.doing.filter(({ outcome }) => outcome === 'prune');
  const anew = steps.doing.filter((step) => step.outcome === 'change' && isMadeAnew(app, step));
  const rights = steps.doing.filter(isRights);
  const restarted = steps.doing.filter(hasNewPods);
  const risks = [
    pruned.length > 0 && `deletes ${listed(pruned)}`,
    pruned.some(({ kind }) => HOLDS_DATA.includes(kind)) && 'data may be lost',
    anew.length > 0 && `replaces ${listed(anew)} whole`,
    rights.length > 0 && `changes rights: ${listed(rights)}`,
    restarted.length > 0 && `new pods for ${listed(restarted)}`,
    steps.selective && 'no hooks run, and no history is kept',
    app.health === 'Degraded' && 'it is degraded already',
  ].filter((risk) => risk !== false);
  return risks.length > 0 ? risks.join('; ') : 'no pods restart';
}

/** The whole preview: each resource with its diff, and what is not done. */
export function detailsOf(app: App, { doing, left, hooks }: Steps): readonly string[] {
  return [
    ...left.map((step) => {
      const why = has(app, step, 'Prune=false') ? 'it carries Prune=false' : 'prune deletes it';
      return `left as it is, though no longer in Git: ${describeResource(step)} (${why})`;
    }),
    ...hooks.map(({ object, when }) => `hook ${describeObject(object)} (${when})`),
    ...doing.map((step) => {
      const diff = diffOf(step);
      const waits =
        step.outcome === 'prune' && has(app, step, 'Prune=confirm') ? ', once a person confirms it in Argo CD' : '';
      return `${step.outcome} ${describeResource(step)} (${lineCount(diff)})${waits}\n${diff.text}`;
    }),
  ];
}

/** What an approval is bound to of the steps. Status moves by itself; a yes has to survive that. */
export function seenOf({ doing, left, hooks }: Steps): unknown {
  const of = ({ group, kind, namespace, name, outcome, live, wanted }: Managed) => [
    [group, kind, namespace, name, outcome],
    live === undefined ? null : contentOf(live),
    wanted === undefined ? null : contentOf(wanted),
  ];
  return [doing.map(of), left.map(of), hooks.map(({ object }) => object)];
}

function isRights({ group }: Pick<Managed, 'group'>): boolean {
  return group === 'rbac.authorization.k8s.io';
}

/** An option of the resource, or of the whole application where the resource says nothing of it. */
function has({ options }: App, step: Managed, option: string): boolean {
  const [key] = option.split('=');
  const own = step.options.filter((one) => one.startsWith(`${key}=`));
  return (own.length > 0 ? own : options).includes(option);
}

function isMadeAnew(app: App, step: Managed): boolean {
  return has(app, step, 'Replace=true') || has(app, step, 'Force=true');
}

function hasNewPods({ outcome, live, wanted }: Managed): boolean {
  return outcome === 'change' && !isDeepStrictEqual(at(live, 'spec', 'template'), at(wanted, 'spec', 'template'));
}

function listed(steps: readonly Managed[]): string {
  const names = steps.slice(0, 5).map(describeResource).join(', ');
  return steps.length > 5 ? `${names} and ${steps.length - 5} more` : names;
}
