import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { path } from '../../../shared/http/path.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { short } from '../api.ts';
import { type App, type Deployed, describeSource, targetOf } from '../app.ts';
import { argocdTool, oncePerCall } from '../deps.ts';
import { factsOfChanges } from '../floors.ts';
import { follow } from '../follow.ts';
import { type ManifestChange, manifestChanges, summaryOf } from '../manifest-diff.ts';
import { manifestsAt } from '../manifests.ts';
import { demandIdle, demandRight, stateOf } from '../operate.ts';
import { ownerOf } from '../owner.ts';
import { app, why } from '../params.ts';
import { readApp } from '../read-app.ts';
import { revertInstead } from '../revert.ts';
import { describeCommit } from '../revisions.ts';

const input = z.strictObject({
  app,
  id: z.int().min(0).max(1_000_000).optional().describe('Of app_history; the one before the last if left out.'),
  why,
});

const read = oncePerCall(async ({ app: ref, id }: z.output<typeof input>, { argocd }, signal) => {
  const app = await readApp(argocd, ref, signal);
  const target = choose(app, id);
  const owner = await ownerOf(argocd, app, signal);
  if (app.auto.on || owner?.kind === 'ApplicationSet')
    throw await revertInstead(app, owner, target, (revision) => describeCommit(argocd, ref, revision, signal));
  demandIdle(app);
  await demandRight(argocd, 'sync', { ...ref, project: app.project }, signal);
  const from = app.history[0]?.revision ?? app.revision;
  const [before, after] = await Promise.all(
    [from, target.revision].map((revision) => manifestsAt(argocd, ref, app, revision, signal)),
  );
  return { app, target, from, changes: manifestChanges(before ?? [], after ?? []) };
});

export const rollbackApp = argocdTool({
  name: 'rollback_app',
  summary: 'Go back to an earlier deployment. Under auto-sync it names the Git revert to make instead.',
  verb: 'rollback',
  effect: 'write',
  destructive: true,
  input,
  target: async (input, deps, signal) => {
    const { changes } = await read(input, deps, signal);
    const made = changes.filter(({ after }) => after !== undefined);
    return [targetOf(input.app, factsOfChanges(made.map(({ before, after }) => ({ live: before, wanted: after }))))];
  },
  plan: async (input, deps, signal) => {
    const { app, target, from, changes } = await read(input, deps, signal);
    const describe = (revision: string) => describeCommit(deps.argocd, input.app, revision, signal);
    const [old, wanted] = await Promise.all([describe(from), describe(target.revision)]);
    return {
      preview: {
        change: `${short(from)} → ${short(target.revision)} (deployment ${target.id}): ${summaryOf(changes)}`,
        risk: 'no hooks run, nothing is pruned; out of sync with Git until Git is reverted, too',
        details: [
          `from ${from} ${old}`,
          `to   ${target.revision} ${wanted}, deployed ${target.at}`,
          ...otherSource(app, target),
          ...changes.map(describeChange),
        ].join('\n'),
        seen: [stateOf(app), app.history[0]?.id ?? null, target.id, target.revision],
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

/** Argo CD goes back to that deployment's source, parameters included; the manifests shown are of today's source. */
function otherSource({ sources: [now] }: App, { source }: Deployed): readonly string[] {
  if (source === undefined || now === undefined || isDeepStrictEqual(source, now)) return [];
  return [`it was deployed from another source: ${describeSource(source)}`];
}

function describeChange({ name, after, diff }: ManifestChange): string {
  return after === undefined ? `${name} stays: a rollback prunes nothing` : `${name}\n${diff.text}`;
}
