import { z } from 'zod';
import { short } from '../api.ts';
import { targetOf } from '../app.ts';
import { argocdTool } from '../deps.ts';
import { app } from '../params.ts';
import { readApp } from '../read-app.ts';

export const refreshApp = argocdTool({
  name: 'refresh_app',
  summary: 'Compare with Git now, as after a merge; auto-sync acts on what it finds.',
  verb: 'refresh',
  effect: 'read',
  input: z.strictObject({
    app,
    hard: z.boolean().default(false).describe('Render the manifests anew, too.'),
  }),
  target: ({ app }) => [targetOf(app)],
  run: async ({ app: ref, hard }, { argocd }, signal) => {
    const before = await readApp(argocd, ref, signal);
    const after = await readApp(argocd, ref, signal, hard ? 'hard' : 'normal');
    const moved =
      before.revision === after.revision
        ? `still at ${short(after.revision)}`
        : `${short(before.revision) || 'nothing'} → ${short(after.revision)}`;
    const status = before.sync === after.sync ? after.sync : `${before.sync} → ${after.sync}`;
    const next =
      after.sync === 'OutOfSync' ? (after.auto.on ? ' Auto-sync brings it.' : ' diff_app shows what differs.') : '';
    return { text: `${after.name}: ${moved}, ${status}, ${after.health}.${next}` };
  },
});
