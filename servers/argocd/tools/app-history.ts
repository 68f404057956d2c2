import { z } from 'zod';
import { count, renderTable } from '../../../shared/kernel/text.ts';
import { short } from '../api.ts';
import { targetOf } from '../app.ts';
import { argocdTool } from '../deps.ts';
import { app } from '../params.ts';
import { readApp } from '../read-app.ts';
import { describeCommit } from '../revisions.ts';

const SHOWN = 10;

export const appHistory = argocdTool({
  name: 'app_history',
  summary: 'List what was deployed when, with commit, author and message; the newest first.',
  verb: 'history',
  effect: 'read',
  input: z.strictObject({ app }),
  target: ({ app }) => [targetOf(app)],
  run: async ({ app: ref }, { argocd }, signal) => {
    const { history } = await readApp(argocd, ref, signal);
    const rows = await Promise.all(
      history
        .slice(0, SHOWN)
        .map(async ({ id, revision, at, by }) => [
          String(id),
          at,
          by || '-',
          short(revision),
          await describeCommit(argocd, ref, revision, signal),
        ]),
    );
    const cut = history.length > SHOWN ? ` The last ${SHOWN} are shown.` : '';
    const text = `${count(history.length, 'deployment')}.${cut}`;
    return rows.length === 0
      ? { text }
      : { text, data: renderTable(['ID', 'DEPLOYED', 'BY', 'REVISION', 'COMMIT'], rows) };
  },
});
