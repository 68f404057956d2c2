import { OpsError } from '../../shared/kernel/errors.ts';
import { short } from './api.ts';
import { type App, type Deployed, describeSource } from './app.ts';
import type { Owner } from './owner.ts';

/** Argo CD would bring the newest commit back, so the way back is through Git: which commits, of which path. */
export async function revertInstead(
  { name, auto, history, sources: [source] }: App,
  owner: Owner | undefined,
  target: Deployed,
  describe: (revision: string) => Promise<string>,
): Promise<OpsError> {
  const newer = history.slice(
    0,
    history.findIndex(({ id }) => id === target.id),
  );
  const commits = await Promise.all(
    [...new Set(newer.map(({ revision }) => revision))]
      .filter((revision) => revision !== target.revision)
      .map(async (revision) => `${short(revision)} ${await describe(revision)}`.trim()),
  );
  const why = auto.on
    ? `${name} has auto-sync on: it would bring the newest commit back at once.`
    : `${name} is made by ${owner?.kind} ${owner?.name}, and follows Git.`;
  const where = source === undefined ? '' : ` in ${describeSource(source)}`;
  const hint =
    commits.length === 0
      ? 'That deployment is of the same commit: nothing in Git would differ.'
      : `Take back in Git${where} instead, with revert_commit of the gitea server, the newest first: ${commits.join('; ')}. That returns to ${short(target.revision)}; compare shows whether there are commits between that were never deployed by themselves.`;
  return new OpsError('precondition_failed', why, hint);
}
