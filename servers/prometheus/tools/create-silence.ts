import { z } from 'zod';
import { parseSpan } from '../../../shared/cluster/times.ts';
import { path } from '../../../shared/http/path.ts';
import { iso } from '../../../shared/kernel/clock.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { stringAt } from '../../../shared/kernel/json.ts';
import { count } from '../../../shared/kernel/text.ts';
import { type Alert, handledAlerts } from '../alerts.ts';
import { SILENCE } from '../api.ts';
import { prometheusTool } from '../deps.ts';
import { matchers, why } from '../params.ts';
import { describeLabels } from '../series.ts';
import { demandNarrow, describeMatcher, parseMatcher } from '../silences.ts';

/** A silence that outlives the day is forgotten. */
const LONGEST = 86_400_000;
/** Names us in Alertmanager, whoever asked: no argument of a model does. */
const AUTHOR = 'k8s-agent-orchestrator';

export const createSilence = prometheusTool({
  name: 'create_silence',
  summary: 'Mute alerts for at most 24 h. Shows which ones it would mute now.',
  verb: 'create',
  effect: 'write',
  destructive: false,
  input: z.strictObject({
    matchers,
    duration: z
      .string()
      .refine((value) => (parseSpan(value) ?? 0) > 0, 'not a time span: write 30m or 4h')
      .describe('30m, 4h.'),
    why,
  }),
  target: ({ matchers }) => [{ kind: SILENCE, name: matchers.join(',') }],
  plan: async (input, { alertmanager, clock }, signal) => {
    const parsed = input.matchers.map(parseMatcher);
    demandNarrow(parsed);
    const length = parseSpan(input.duration) ?? 0;
    if (length > LONGEST)
      throw new OpsError(
        'invalid_input',
        `${input.duration} is longer than 24h.`,
        'Take at most 24h; it can be made again.',
      );
    const muted = await handledAlerts(alertmanager, { filter: parsed.map(describeMatcher) }, signal);
    const names = [...new Set(muted.map(({ name }) => name))].sort();
    const until = iso(clock.now() + length);
    return {
      preview: {
        change: `mutes ${muted.length === 0 ? 'no alert that fires now' : `${count(muted.length, 'alert')} (${names.join(', ')})`} for ${input.duration}`,
        risk: riskOf(muted),
        details: [
          `silence ${parsed.map(describeMatcher).join(', ')} until about ${until}`,
          `because: ${input.why}`,
          'mutes now:',
          ...muted.map(
            ({ severity, state, labels }) => `  ${severity || '-'} ${state} ${describeLabels(Object.entries(labels))}`,
          ),
        ].join('\n'),
        // Pods come and go while an alert lasts; another kind of alert among them is another question.
        seen: [parsed, input.duration, names, muted.some(({ severity }) => severity === 'critical')],
      },
      run: async (permit) => {
        const now = clock.now();
        const made = await alertmanager.change(permit, {
          method: 'POST',
          path: path`/api/v2/silences`,
          what: 'silence',
          body: {
            matchers: parsed,
            startsAt: iso(now),
            endsAt: iso(now + length),
            createdBy: AUTHOR,
            comment: `${input.why} (record ${permit.call})`,
          },
        });
        const id = stringAt(made, 'silenceID') ?? '';
        return { text: `Silence ${id.slice(0, 8)} is in force until ${iso(now + length)}. expire_silence ends it.` };
      },
    };
  },
});

function riskOf(muted: readonly Alert[]): string {
  const critical = muted.filter(({ severity }) => severity === 'critical').length;
  const risks = [
    critical > 0 && `${count(critical, 'critical alert')} among them`,
    muted.some(({ name }) => name === 'Watchdog') && 'the Watchdog too: nobody would notice that alerting is broken',
    muted.length === 0 && 'it mutes what comes later, unseen',
  ].filter((risk) => risk !== false);
  return risks.length > 0 ? risks.join('; ') : 'nobody is told while it lasts';
}
