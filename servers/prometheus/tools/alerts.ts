import { z } from 'zod';
import { ageOf } from '../../../shared/cluster/times.ts';
import { oneLine, renderTable } from '../../../shared/kernel/text.ts';
import { type Alert, mergedAlerts } from '../alerts.ts';
import { ALERT } from '../api.ts';
import { prometheusTool } from '../deps.ts';
import { text } from '../params.ts';
import { describeLabels } from '../series.ts';

const SHOWN = 40;
const SEVERITIES = ['critical', 'error', 'warning', 'info', 'none'];
const STATES = ['firing', 'pending', 'silenced', 'inhibited'] as const;

export const alerts = prometheusTool({
  name: 'alerts',
  summary: 'List alerts: firing, pending, silenced (by what) and inhibited, since when; the most severe first.',
  verb: 'list',
  effect: 'read',
  input: z.strictObject({
    state: z.enum(STATES).optional().describe('Only these.'),
    filter: text(200).optional().describe('Only those whose labels contain this.'),
  }),
  target: () => [{ kind: ALERT }],
  run: async ({ state, filter }, { prometheus, alertmanager, clock }, signal) => {
    const { alerts, missing } = await mergedAlerts(prometheus, alertmanager, signal);
    const wanted = alerts
      .filter((alert) => state === undefined || alert.state === state)
      .filter((alert) => filter === undefined || describeLabels(Object.entries(alert.labels)).includes(filter))
      .sort((a, b) => rank(a) - rank(b) || a.since.localeCompare(b.since));
    const said = [
      `${STATES.map((one) => `${alerts.filter((alert) => alert.state === one).length} ${one}`).join(', ')}.`,
      ...(wanted.length > SHOWN ? [`The first ${SHOWN} are shown: narrow them by state or filter.`] : []),
      ...missing.map((problem) => `Missing: ${problem}`),
    ].join(' ');
    if (wanted.length === 0) return { text: said };
    const rows = wanted.slice(0, SHOWN).map((alert) => rowOf(alert, clock.now()));
    return { text: said, data: renderTable(['SEVERITY', 'ALERT', 'STATE', 'SINCE', 'LABELS', 'SAYS'], rows) };
  },
});

function rank({ severity, state }: Alert): number {
  const place = SEVERITIES.indexOf(severity);
  return STATES.indexOf(state) * 10 + (place < 0 ? 2 : place);
}

function rowOf(alert: Alert, now: number): readonly string[] {
  const { name, severity, state, since, labels, summary, runbook, silencedBy } = alert;
  const own = Object.entries(labels).filter(([key]) => !['alertname', 'severity', 'prometheus'].includes(key));
  const by = silencedBy.length > 0 ? `${state} by ${silencedBy.map((id) => id.slice(0, 8)).join(', ')}` : state;
  const says = [oneLine(summary, 200), ...(runbook === '' ? [] : [runbook])].join(' ');
  return [severity || '-', name, by, ageOf(since, now), oneLine(describeLabels(own), 200), says];
}
