import { z } from 'zod';
import { count, renderTable } from '../../../shared/kernel/text.ts';
import { SILENCE } from '../api.ts';
import { prometheusTool } from '../deps.ts';
import { describeMatcher, listSilences } from '../silences.ts';

export const silences = prometheusTool({
  name: 'silences',
  summary: 'List silences: what they mute, until when, by whom and why.',
  verb: 'list',
  effect: 'read',
  input: z.strictObject({ expired: z.boolean().default(false).describe('Those that are over, too.') }),
  target: () => [{ kind: SILENCE }],
  run: async ({ expired }, { alertmanager }, signal) => {
    const all = (await listSilences(alertmanager, signal)).filter(({ state }) => expired || state !== 'expired');
    const text = `${count(all.length, 'silence')}.`;
    if (all.length === 0) return { text };
    const rows = all.map(({ id, state, endsAt, by, matchers, comment }) => [
      id.slice(0, 8),
      state,
      endsAt,
      by,
      matchers.map(describeMatcher).join(', '),
      comment,
    ]);
    return { text, data: renderTable(['ID', 'STATE', 'ENDS', 'BY', 'MUTES', 'WHY'], rows) };
  },
});
