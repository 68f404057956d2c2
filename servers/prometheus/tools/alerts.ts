import { z } from 'zod';
import { ageOf } from '../../../shared/cluster/times.ts';
import { oneLine } from '../../../shared/kernel/text.ts';
import { type Alert, type Merged, mergedAlerts } from '../alerts.ts';
import { ALERT } from '../api.ts';
import { prometheusTool } from '../deps.ts';
import { text } from '../params.ts';
import { describeLabels } from '../series.ts';

const GROUPS = 25;
/** Alerts of one group that are shown: the pods of one workload often fire together. */
const EACH = 5;
const SEVERITIES = ['critical', 'error', 'warning', 'info', 'none'];
const STATES = ['firing', 'pending', 'silenced', 'inhibited'] as const;

export const alerts = prometheusTool({
  name: 'alerts',
  summary: 'List alerts: firing, pending, silenced and inhibited (by what), since when; the most severe first.',
  verb: 'list',
  effect: 'read',
  input: z.strictObject({
    state: z.enum(STATES).optional().describe('Only these.'),
    filter: text(200).optional().describe('Only those whose labels contain this.'),
  }),
  target: () => [{ kind: ALERT }],
  run: async ({ state, filter }, { prometheus, alertmanager, clock }, signal) => {
    const merged = await mergedAlerts(prometheus, alertmanager, signal);
    const wanted = merged.alerts
      .filter((alert) => state === undefined || alert.state === state)
      .filter((alert) => filter === undefined || describeLabels(Object.entries(alert.labels)).includes(filter))
      .sort((a, b) => rank(a) - rank(b) || a.since.localeCompare(b.since));
    const groups = [...Map.groupBy(wanted, headOf)];
    const cut = groups.length > GROUPS ? `The first ${GROUPS} kinds are shown: narrow them by state or filter.` : '';
    const said = [totalsOf(merged.alerts), cut, ...problemsOf(merged)].filter(Boolean).join(' ');
    const shown = groups.slice(0, GROUPS).map(([head, members]) => groupOf(head, members, clock.now()));
    return groups.length === 0 ? { text: said } : { text: said, data: shown.join('\n') };
  },
});

function totalsOf(alerts: readonly Alert[]): string {
  return `${STATES.map((one) => `${alerts.filter(({ state }) => state === one).length} ${one}`).join(', ')}.`;
}

function problemsOf({ missing, alerts }: Merged): readonly string[] {
  const problems = Object.values(missing).map(({ message, hint }) => `Missing: ${message} ${hint}`);
  const lost = alerts.filter(({ state, fingerprint }) => state === 'firing' && fingerprint === '').length;
  if (missing.alertmanager !== undefined || lost === 0) return problems;
  return [...problems, `${lost} of those that fire are not in Alertmanager (yet): nobody was told.`];
}

function rank({ severity, state }: Alert): number {
  const place = SEVERITIES.indexOf(severity);
  return STATES.indexOf(state) * 10 + (place < 0 ? 2 : place);
}

/** `critical KubeNodeNotReady silenced by 1a2b3c4d` */
function headOf({ name, severity, state, silencedBy, inhibitedBy }: Alert): string {
  const by = silencedBy.length > 0 ? silencedBy.map((id) => id.slice(0, 8)) : inhibitedBy;
  return oneLine(`${severity || '-'} ${name} ${state}${by.length > 0 ? ` by ${by.join(', ')}` : ''}`, 300);
}

function groupOf(head: string, members: readonly Alert[], now: number): string {
  const runbook = members[0]?.runbook ?? '';
  const more = members.length - EACH;
  return [
    [head, ...(members.length > 1 ? [`(${members.length})`] : []), ...(runbook === '' ? [] : [runbook])].join(' '),
    ...members.slice(0, EACH).map(({ since, labels, summary }) => {
      const own = Object.entries(labels).filter(([key]) => !['alertname', 'severity', 'prometheus'].includes(key));
      return `  ${ageOf(since, now)} ${oneLine(describeLabels(own), 200)} ${oneLine(summary, 200)}`;
    }),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join('\n');
}
