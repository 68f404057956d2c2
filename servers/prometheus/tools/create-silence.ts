import { z } from 'zod';
import { parseSpan } from '../../../shared/cluster/times.ts';
import { path } from '../../../shared/http/path.ts';
import { iso } from '../../../shared/kernel/clock.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { stringAt } from '../../../shared/kernel/json.ts';
import { count, oneLine } from '../../../shared/kernel/text.ts';
import { type Alert, mergedAlerts } from '../alerts.ts';
import { SILENCE } from '../api.ts';
import { prometheusTool } from '../deps.ts';
import { demandNarrow, trialsOf, wouldMute } from '../narrow.ts';
import { matchers, why } from '../params.ts';
import { describeLabels } from '../series.ts';
import { describeMatcher, type Matcher, parseMatcher } from '../silences.ts';

/** A silence that outlives the day is forgotten. */
const LONGEST = 86_400_000;
/** Names us in Alertmanager, whoever asked: no argument of a model does. */
const AUTHOR = 'k8s-agent-orchestrator';
/** What alerts about this system have in a label: its namespace, its workloads and its rules are called so. */
const OWN = /k8s-?agent/i;
/** Names of alerts in the four lines that a person sees first. */
const NAMED = 4;

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
  plan: async (input, { prometheus, alertmanager, clock }, signal) => {
    const length = parseSpan(input.duration) ?? 0;
    if (length > LONGEST)
      throw new OpsError(
        'invalid_input',
        `${input.duration} is longer than 24h.`,
        'Take at most 24h; it can be made again.',
      );
    const parsed = input.matchers.map(parseMatcher);
    const trials = await trialsOf(parsed);
    demandNarrow(trials);
    const current = await mergedAlerts(prometheus, alertmanager, signal);
    if (current.missing.alertmanager !== undefined) throw current.missing.alertmanager;
    const muted = current.alerts.filter(({ labels }) => wouldMute(trials, labels));
    const names = [...new Set(muted.map(({ name }) => name))].sort();
    return {
      preview: {
        change: `mutes ${muted.length === 0 ? 'no alert that there is now' : `${count(muted.length, 'alert')} (${shortened(names)})`} for ${input.duration}`,
        risk: riskOf(muted, current.alerts, parsed),
        details: [
          `silence ${parsed.map(describeMatcher).join(', ')} until about ${iso(clock.now() + length)}`,
          `because: ${input.why}`,
          'mutes now:',
          ...muted.map(lineOf),
          ...(current.missing.prometheus ? ['What is pending is not known: Prometheus does not answer.'] : []),
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
            comment: `${input.why} (record ${permit.grant.call})`,
          },
        });
        const id = stringAt(made, 'silenceID') ?? '';
        return { text: `Silence ${id.slice(0, 8)} is in force until ${iso(now + length)}. expire_silence ends it.` };
      },
    };
  },
});

function lineOf({ severity, state, labels }: Alert): string {
  return `  ${severity || '-'} ${state} ${oneLine(describeLabels(Object.entries(labels)), 300)}`;
}

/** Names come from whoever sends alerts. */
function shortened(names: readonly string[]): string {
  const some = names.slice(0, NAMED).map((name) => oneLine(name, 60));
  return [...some, ...(names.length > NAMED ? [`${names.length - NAMED} more`] : [])].join(', ');
}

function riskOf(muted: readonly Alert[], all: readonly Alert[], matchers: readonly Matcher[]): string {
  const critical = muted.filter(({ severity }) => severity === 'critical').length;
  const values = [...matchers.map(({ value }) => value), ...muted.flatMap(({ labels }) => Object.values(labels))];
  const risks = [
    muted.some(({ name }) => name === 'Watchdog') && 'the Watchdog too: nobody would notice that alerting is broken',
    values.some((value) => OWN.test(value)) && 'alerts about this system itself',
    muted.length > 1 && muted.length === all.length && 'all alerts that there are now',
    critical > 0 && `${count(critical, 'critical alert')} among them`,
    muted.length === 0 && 'it mutes what comes later, unseen',
  ].filter((risk) => risk !== false);
  return risks.length > 0 ? risks.join('; ') : 'nobody is told while it lasts';
}
