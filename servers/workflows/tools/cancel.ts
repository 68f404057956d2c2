import { z } from 'zod';
import { workflowsTool } from '../deps.ts';
import { drive } from '../drive.ts';
import { instruction } from '../instruction.ts';
import { RUN, run, why } from '../params.ts';

export const cancel = workflowsTool({
  name: 'cancel',
  verb: 'cancel',
  summary: 'Ends a run. What it has changed stays; what has begun is brought to an end first.',
  effect: 'write',
  destructive: false,
  input: z.strictObject({ run, why }),
  target: ({ run: name }) => [{ kind: RUN, name }],
  plan: async ({ run: id, why: reason }, deps) => {
    const state = await (await deps.runs()).get(id);
    return {
      preview: {
        change: `ends run ${id} of ${state.workflow}`,
        risk: 'what it has changed stays',
        details: `Run ${id} of ${state.workflow} is ${state.status}.`,
        seen: null,
      },
      run: async ({ grant }) => {
        const by = grant.agent ?? 'a chat';
        await (await deps.runs()).record(id, (_state, at) => ({ type: 'cancel-requested', at, by, reason }));
        return { text: instruction(await drive(deps, id)) };
      },
    };
  },
});
