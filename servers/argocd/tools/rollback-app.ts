import { z } from 'zod';
import { path } from '../../../shared/http/path.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { short } from '../api.ts';
import { type App, type Deployed, describeSource, readApp, targetOf } from '../app.ts';
import { argocdTool, oncePerCall } from '../deps.ts';
import { follow } from '../follow.ts';
import { manifestDiff } from '../manifests.ts';
import { demandIdle, stateOf } from '../operate.ts';
import { factsOf } from '../owner.ts';
import { app, why } from '../params.ts';
import { describeCommit } from '../revisions.ts';

const input = z.strictObject({
  app,
  id: z.int().min(0).max(1_000_000).optional().describe('Of app_history; the one before the last if left out.'),
  why,
});

const read = oncePerCall(async ({ app: ref, id }: z.output<typeof input>, { argocd }, signal) => {
  const app = await readApp(argocd, ref, signal);
  const target = choose(app, id);
  if (app.auto.on) throw await underAutoSync(app, target, (revision) => describeCommit(argocd, ref, revision, signal));
  demandIdle(app);
  return { app, target };
});

export const rollbackApp = argocdTool({
  name: 'rollback_app',
  summary: 'Go back to an earlier deployment. Under auto-sync it is refused, with the Git revert to make instead.',
  verb: 'rollback',
  effect: 'write',
  destructive: true,
  input,
  target: async (input, deps, signal) => {
    const { app } = await read(input, deps, signal);
    return [targetOf(input.app, await factsOf(deps.argocd, app, signal))];
  },
  plan: async (input, deps, signal) => {
    const { app, target } = await read(input, deps, signal);
    const [from, to, diff] = await Promise.all([
      describeCommit(deps.argocd, input.app, app.revision, signal),
      describeCommit(deps.argocd, input.app, target.revision, signal),
      manifestDiff(deps.argocd, input.app, [app.history[0]?.revision ?? app.revision, target.revision], signal),
    ]);
    return {
      preview: {
        change: `${short(app.history[0]?.revision ?? app.revision)} → ${short(target.revision)} (deployment ${target.id}): ${diff.summary}`,
        risk: 'the application is then out of sync with Git until Git is reverted, too',
        details: [
          `from ${app.revision} ${from}`,
          `to   ${target.revision} ${to}, deployed ${target.at}`,
          diff.text,
        ].join('\n'),
        seen: [stateOf(app), target.id, target.revision],
      },
      run: async (permit) => {
        await deps.argocd.change(permit, {
          method: 'POST',
          path: path`/api/v1/applications/${input.app.name}/rollback`,
          what: `rollback of ${input.app.name}`,
          body: { id: target.id, prune: false, ...(input.app.namespace && { appNamespace: input.app.namespace }) },
        });
        return {
          text: `Rollback of ${app.name} to deployment ${target.id}: ${await follow(deps.argocd, permit, input.app, app)}`,
        };
      },
    };
  },
});

function choose({ name, history }: App, id: number | undefined): Deployed {
  const found = id === undefined ? history[1] : history.find((one) => one.id === id);
  if (found !== undefined) return found;
  const ids = history.map((one) => one.id);
  const hint = ids.length > 1 ? `There are: ${ids.join(', ')}. See app_history.` : 'It has been deployed at most once.';
  throw new OpsError(
    'not_found',
    `${name} has no ${id === undefined ? 'earlier deployment' : `deployment ${id}`}.`,
    hint,
  );
}

/** Auto-sync would bring the newest commit back at once, so Argo CD refuses it: the way back is through Git. */
async function underAutoSync(
  { name, history, sources }: App,
  target: Deployed,
  describe: (revision: string) => Promise<string>,
): Promise<OpsError> {
  const since = history.slice(
    0,
    history.findIndex(({ id }) => id === target.id),
  );
  const commits = await Promise.all(
    since.map(async ({ revision }) => `${short(revision)} ${await describe(revision)}`.trim()),
  );
  const [source] = sources;
  const where = source === undefined ? '' : ` in ${describeSource(source)}`;
  return new OpsError(
    'precondition_failed',
    `${name} has auto-sync on: it would bring the newest commit back at once.`,
    `Take back in Git${where} instead, with revert_commit of the gitea server, the newest first: ${commits.join('; ')}. That returns to ${short(target.revision)}.`,
  );
}
