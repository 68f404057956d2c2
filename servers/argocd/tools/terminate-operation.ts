import { z } from 'zod';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { oneLine } from '../../../shared/kernel/text.ts';
import { short } from '../api.ts';
import { targetOf } from '../app.ts';
import { argocdTool } from '../deps.ts';
import { demandRight, terminate } from '../operate.ts';
import { app, why } from '../params.ts';
import { readApp } from '../read-app.ts';

export const terminateOperation = argocdTool({
  name: 'terminate_operation',
  summary: 'End a running or retrying sync, which keeps newer commits waiting.',
  verb: 'terminate',
  effect: 'write',
  destructive: true,
  input: z.strictObject({ app, why }),
  target: ({ app }) => [targetOf(app)],
  plan: async ({ app: ref }, { argocd }, signal) => {
    const { name, operation, project } = await readApp(argocd, ref, signal);
    if (operation?.phase !== 'Running') {
      throw new OpsError('precondition_failed', `No operation of ${name} is running.`, 'See get_app.');
    }
    await demandRight(argocd, 'sync', { ...ref, project }, signal);
    const at = `at ${short(operation.revision) || 'its start'}, started ${operation.startedAt || 'just now'} by ${operation.by}`;
    return {
      preview: {
        change: `ends the sync ${at}`,
        risk: 'what it has changed so far stays',
        details: `${name}: sync ${at}, ${operation.retries} retries\n${oneLine(operation.message, 1000)}`,
        seen: [operation.startedAt, operation.revision],
      },
      run: async (permit) => {
        await terminate(argocd, permit, ref);
        return { text: `The operation of ${name} is being ended. Auto-sync may start another: see get_app.` };
      },
    };
  },
});
