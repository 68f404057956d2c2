import { z } from 'zod';
import { path } from '../../../shared/http/path.ts';
import { count, oneLine } from '../../../shared/kernel/text.ts';
import { mergedAlerts } from '../alerts.ts';
import { SILENCE } from '../api.ts';
import { prometheusTool } from '../deps.ts';
import { why } from '../params.ts';
import { describeLabels } from '../series.ts';
import { describeMatcher, findSilence } from '../silences.ts';

export const expireSilence = prometheusTool({
  name: 'expire_silence',
  summary: 'End a silence. Shows which alerts are heard again.',
  verb: 'expire',
  effect: 'write',
  destructive: false,
  input: z.strictObject({
    id: z
      .string()
      .refine((value) => /^[0-9a-f-]{8,36}$/.test(value), 'not the id of a silence')
      .describe('Of silences.'),
    why,
  }),
  target: ({ id }) => [{ kind: SILENCE, name: id }],
  plan: async ({ id }, { prometheus, alertmanager }, signal) => {
    const silence = await findSilence(alertmanager, id, signal);
    const { alerts } = await mergedAlerts(prometheus, alertmanager, signal);
    // What another silence mutes as well stays quiet.
    const heard = alerts.filter(({ silencedBy }) => silencedBy.length === 1 && silencedBy[0] === silence.id);
    return {
      preview: {
        change: `${count(heard.length, 'alert')} heard again`,
        risk: heard.length > 0 ? 'people are notified' : 'none',
        details: [
          `silence ${silence.id} of ${silence.by}: ${silence.matchers.map(describeMatcher).join(', ')} until ${silence.endsAt}`,
          `because: ${silence.comment}`,
          ...heard.map(({ labels }) => `heard again: ${oneLine(describeLabels(Object.entries(labels)), 300)}`),
        ].join('\n'),
        seen: [silence.id, silence.state, silence.endsAt],
      },
      run: async (permit) => {
        await alertmanager.change(permit, {
          method: 'DELETE',
          path: path`/api/v2/silence/${silence.id}`,
          what: `silence ${silence.id}`,
        });
        return { text: `Silence ${silence.id.slice(0, 8)} is over.` };
      },
    };
  },
});
