import { z } from 'zod';
import { path } from '../../../shared/http/path.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { count } from '../../../shared/kernel/text.ts';
import { short } from '../api.ts';
import { type App, describeResource, targetOf } from '../app.ts';
import { argocdTool, oncePerCall } from '../deps.ts';
import { factsOfChanges } from '../floors.ts';
import { follow } from '../follow.ts';
import { hooksIn, manifestsAt } from '../manifests.ts';
import { demandIdle, demandOpenWindow, demandRight, stateOf, terminate } from '../operate.ts';
import { app, resource, why } from '../params.ts';
import { operationRevision } from '../parse-app.ts';
import { readApp } from '../read-app.ts';
import { choose, type Managed, managedResources } from '../resources.ts';
import { describeCommit } from '../revisions.ts';
import { detailsOf, riskOf, type Steps, seenOf, stepsOf, summaryOf } from '../sync-steps.ts';

const input = z.strictObject({
  app,
  prune: z.boolean().default(false).describe('Delete what is no longer in Git.'),
  resources: z.array(resource).min(1).max(20).optional().describe('Only these; no hooks run, no history is kept.'),
  why,
});

type Input = z.output<typeof input>;

const read = oncePerCall(async ({ app: ref, prune, resources }: Input, { argocd }, signal) => {
  const app = await readApp(argocd, ref, signal, 'normal');
  demandIdle(app);
  demandComparable(app);
  await demandRight(argocd, 'sync', { ...ref, project: app.project }, signal);
  await demandOpenWindow(argocd, ref, signal);
  const managed = await managedResources(argocd, ref, signal);
  // Hooks stand in no comparison: they are found in what Git renders to.
  const manifests = resources === undefined ? await manifestsAt(argocd, ref, app, app.revision, signal) : [];
  const chosen = resources === undefined ? managed : resources.flatMap((wanted) => choose(managed, wanted));
  const steps = stepsOf(app, chosen, hooksIn(manifests), { prune, selective: resources !== undefined });
  return { app, steps, chosen };
});

export const syncApp = argocdTool({
  name: 'sync_app',
  summary: 'Bring an application to what Git has. Shows what is created, changed and pruned; follows it to its end.',
  verb: 'sync',
  effect: 'write',
  destructive: true,
  input,
  target: async (input, deps, signal) => {
    const { doing, hooks } = (await read(input, deps, signal)).steps;
    return [targetOf(input.app, factsOfChanges([...doing, ...hooks.map(({ object }) => ({ wanted: object }))]))];
  },
  plan: async (input, deps, signal) => {
    const { app, steps, chosen } = await read(input, deps, signal);
    if (steps.doing.length === 0) demandWork(app, steps, input.prune);
    const commit = await describeCommit(deps.argocd, input.app, app.revision, signal);
    return {
      preview: {
        change: `to ${short(app.revision)}: ${summaryOf(steps)}`,
        risk: riskOf(app, steps),
        details: [`${app.name} to ${app.revision} ${commit}`, ...detailsOf(app, steps)].join('\n'),
        seen: [stateOf(app), seenOf(steps), input.prune],
      },
      run: async (permit) => {
        const started = await deps.argocd.change(permit, {
          method: 'POST',
          path: path`/api/v1/applications/${input.app.name}/sync`,
          what: `sync of ${input.app.name}`,
          body: syncBody(input, app, chosen),
        });
        const begun = operationRevision(started);
        if (begun !== '' && begun !== app.revision) {
          await terminate(deps.argocd, permit, input.app);
          throw moved(app, begun);
        }
        return { text: `Sync of ${app.name}: ${await follow(deps.argocd, permit, input.app, app)}` };
      },
    };
  },
});

/** The revision that was previewed, whatever the branch points to by then. */
function syncBody({ app: { namespace }, prune, resources }: Input, app: App, chosen: readonly Managed[]) {
  return {
    ...revisionsOf(app),
    prune,
    strategy: { hook: {} },
    ...(namespace && { appNamespace: namespace }),
    ...(resources && {
      resources: chosen.map(({ group, kind, namespace, name }) => ({ group, kind, namespace, name })),
    }),
    project: app.project,
  };
}

/** Under auto-sync Argo CD refuses to be told a commit, and takes the newest: what it took is compared afterwards. */
function revisionsOf({ auto, sources, revision }: App) {
  if (auto.on) return {};
  if (sources.length <= 1) return { revision };
  return { revisions: revision.split(', '), sourcePositions: sources.map((_, index) => index + 1) };
}

function moved({ name, revision }: App, begun: string): OpsError {
  return new OpsError(
    'conflict',
    `Git moved in that moment: the sync of ${name} began at ${short(begun)}, not at ${short(revision)} that was approved, and was ended at once.`,
    'It may have changed something: look at get_app, then call again.',
  );
}

/** A comparison that failed shows an older state: nobody could say what a sync would do. */
function demandComparable({ name, conditions }: App): void {
  const broken = conditions.find(({ type }) => type === 'ComparisonError' || type === 'InvalidSpecError');
  if (broken === undefined) return;
  throw new OpsError(
    'precondition_failed',
    `${name} cannot be compared: ${broken.message.slice(0, 500)}.`,
    'Correct its source first: see get_app.',
  );
}

/** Hooks alone are a reason to sync only where the last sync did not get through. */
function demandWork({ name, revision, operation }: App, { left, hooks }: Steps, prune: boolean): void {
  if (hooks.length > 0 && operation?.phase !== 'Succeeded') return;
  const only =
    left.length === 0
      ? ''
      : ` ${count(left.length, 'resource')} no longer in Git: ${left.slice(0, 5).map(describeResource).join(', ')}.`;
  throw new OpsError(
    'precondition_failed',
    `${name} is as Git has it at ${short(revision)}: there is nothing to sync.${only}`,
    left.length === 0
      ? 'If it should differ, look at Git, or refresh_app.'
      : prune
        ? 'They carry Prune=false, and stay.'
        : 'prune=true deletes them.',
  );
}
