import { z } from 'zod';
import { path } from '../../../shared/http/path.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { lineCount } from '../../../shared/kernel/line-diff.ts';
import { count } from '../../../shared/kernel/text.ts';
import { short } from '../api.ts';
import { type App, describeResource, readApp, targetOf } from '../app.ts';
import { argocdTool, oncePerCall } from '../deps.ts';
import { follow } from '../follow.ts';
import { demandIdle, stateOf } from '../operate.ts';
import { app, resource, why } from '../params.ts';
import { diffOf, type Managed, managedResources } from '../resources.ts';
import { describeCommit } from '../revisions.ts';

const input = z.strictObject({
  app,
  prune: z.boolean().default(false).describe('Delete what is no longer in Git.'),
  resources: z
    .array(resource)
    .min(1)
    .max(20)
    .optional()
    .describe('Only these (apps/Deployment/web): no hooks run, no history is kept.'),
  why,
});

const read = oncePerCall(async ({ app: ref, resources }: z.output<typeof input>, { argocd }, signal) => {
  const app = await readApp(argocd, ref, signal, 'normal');
  demandIdle(app);
  const broken = app.conditions.find(({ type }) => type === 'ComparisonError' || type === 'InvalidSpecError');
  if (broken !== undefined)
    throw new OpsError(
      'precondition_failed',
      `${app.name} cannot be compared: ${broken.message.slice(0, 500)}.`,
      'Correct its source first: see get_app.',
    );
  const managed = await managedResources(argocd, ref, signal);
  const chosen = resources === undefined ? managed : choose(managed, resources);
  return { app, steps: chosen.filter(({ outcome }) => outcome !== 'same') };
});

export const syncApp = argocdTool({
  name: 'sync_app',
  summary: 'Bring an application to what Git has. Shows what is created, changed and pruned; follows it to its end.',
  verb: 'sync',
  effect: 'write',
  destructive: true,
  input,
  target: ({ app }) => [targetOf(app)],
  plan: async (input, deps, signal) => {
    const { app, steps } = await read(input, deps, signal);
    const { prune } = input;
    const doing = steps.filter(({ outcome }) => outcome !== 'prune' || prune);
    const left = steps.filter(({ outcome }) => outcome === 'prune' && !prune);
    if (doing.length === 0) throw nothingToDo(app, left);
    const commit = await describeCommit(deps.argocd, input.app, app.revision, signal);
    return {
      preview: {
        change: `to ${short(app.revision)}: ${summary(steps, prune)}`,
        risk: riskOf(app, steps, prune, input.resources !== undefined),
        details: [
          `${app.name} to ${app.revision} ${commit}`,
          ...left.map((one) => `left as it is, though no longer in Git: ${describeResource(one)} (prune deletes it)`),
          ...doing.map(describeStep),
        ].join('\n'),
        seen: [
          stateOf(app),
          steps.map(({ kind, namespace, name, outcome, live, wanted }) => [
            kind,
            namespace,
            name,
            outcome,
            contentKey(live),
            wanted ?? null,
          ]),
          prune,
        ],
      },
      run: async (permit) => {
        await deps.argocd.change(permit, {
          method: 'POST',
          path: path`/api/v1/applications/${input.app.name}/sync`,
          what: `sync of ${input.app.name}`,
          body: syncBody(input, app),
        });
        return { text: `Sync of ${app.name}: ${await follow(deps.argocd, permit, input.app, app)}` };
      },
    };
  },
});

/** The revision that was previewed, whatever the branch points to by then. */
function syncBody({ app: { namespace }, prune, resources }: z.output<typeof input>, { raw, revision, sources }: App) {
  const revisions =
    sources.length > 1
      ? { revisions: revision.split(', '), sourcePositions: sources.map((_, i) => i + 1) }
      : { revision };
  return {
    ...revisions,
    prune,
    strategy: { hook: {} },
    ...(namespace && { appNamespace: namespace }),
    ...(resources && { resources: resources.map(asOperand) }),
    project: String(Object(raw.spec).project ?? 'default'),
  };
}

function asOperand(text: string) {
  const [name = '', kind = '', group = ''] = text.split('/').reverse();
  return { group, kind, name };
}

function choose(managed: readonly Managed[], wanted: readonly string[]): readonly Managed[] {
  return wanted.map((text) => {
    const { group, kind, name } = asOperand(text);
    const found = managed.find((one) => one.group === group && one.kind === kind && one.name === name);
    if (found !== undefined) return found;
    const known = managed.map((one) => [one.group, one.kind, one.name].filter(Boolean).join('/')).slice(0, 30);
    throw new OpsError('not_found', `The application has no ${text}.`, `It has: ${known.join(', ')}.`);
  });
}

function summary(steps: readonly Managed[], prune: boolean): string {
  const of = (outcome: Managed['outcome']) => steps.filter((step) => step.outcome === outcome).length;
  const parts = [
    of('create') > 0 && `create ${of('create')}`,
    of('change') > 0 && `change ${of('change')}`,
    of('prune') > 0 && (prune ? `PRUNE ${of('prune')}` : `leave ${of('prune')} to prune`),
    of('hook') > 0 && `run ${count(of('hook'), 'hook')}`,
  ];
  return parts.filter((part) => part !== false).join(', ');
}

function riskOf(app: App, steps: readonly Managed[], prune: boolean, selective: boolean): string {
  const pruned = steps.filter(({ outcome }) => outcome === 'prune');
  const data = pruned.filter(({ kind }) => ['PersistentVolumeClaim', 'Namespace', 'StatefulSet'].includes(kind));
  const risks = [
    prune &&
      pruned.length > 0 &&
      `deletes ${pruned.slice(0, 5).map(describeResource).join(', ')}${pruned.length > 5 ? ` and ${pruned.length - 5} more` : ''}`,
    prune && data.length > 0 && 'data may be lost',
    selective && 'no hooks run, and no history is kept',
    app.health === 'Degraded' && 'it is degraded already',
  ].filter((risk) => risk !== false);
  return risks.length > 0 ? risks.join('; ') : 'pods may restart';
}

function describeStep(step: Managed): string {
  const { outcome, hooks } = step;
  if (outcome === 'hook') return `hook ${describeResource(step)} (${hooks.join(', ')})`;
  const diff = diffOf(step);
  return `${outcome} ${describeResource(step)} (${lineCount(diff)})\n${diff.text}`;
}

/** Status moves by itself; a yes has to survive that. */
function contentKey(live: Managed['live']): unknown {
  if (live === undefined) return null;
  const { status: _, metadata: __, ...rest } = live;
  return rest;
}

function nothingToDo(app: App, left: readonly Managed[]): OpsError {
  const only =
    left.length === 0
      ? ''
      : ` ${count(left.length, 'resource')} no longer in Git: ${left.slice(0, 5).map(describeResource).join(', ')}.`;
  const hint = left.length === 0 ? 'If it should differ, look at Git, or refresh_app.' : 'prune=true deletes them.';
  return new OpsError(
    'precondition_failed',
    `${app.name} is as Git has it at ${short(app.revision)}: there is nothing to sync.${only}`,
    hint,
  );
}
