import type { Status } from '../../shared/control-plane/status.ts';
import type { Rest } from '../../shared/http/rest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, at, isObject, stringAt } from '../../shared/kernel/json.ts';
import { oneLine } from '../../shared/kernel/text.ts';
import type { Sources } from './sources.ts';

type Alert = Status['alerts']['items'][number];
type App = Status['apps']['items'][number];
type Trend = Status['trends'][number];

/** Alerts that fire, by Alertmanager, which knows what is muted; and those that are about to, by Prometheus. */
export async function readAlerts({ alertmanager, prometheus }: Sources, signal: AbortSignal): Promise<Alert[]> {
  const pending = prometheus.get({ path: '/api/v1/alerts', what: 'alerts' }, signal);
  const fired = alertmanager.get({ path: '/api/v2/alerts', what: 'alerts' }, signal);
  const [known, rules] = await Promise.allSettled([fired, pending]);
  if (known.status === 'rejected' && rules.status === 'rejected') throw known.reason;
  const rule = rules.status === 'fulfilled' ? arrayAt(rules.value, 'data', 'alerts') : [];
  // Without an Alertmanager nothing is muted.
  const firing =
    known.status === 'fulfilled' ? asList(known.value) : rule.filter((alert) => stateOf(alert) === 'firing');
  const waiting = rule.filter((alert) => stateOf(alert) === 'pending');
  return [
    ...firing.map((alert) => alertOf(alert, mutedOf(alert))),
    ...waiting.map((alert) => alertOf(alert, 'pending')),
  ];
}

const stateOf = (alert: unknown) => stringAt(alert, 'state');

function mutedOf(alert: unknown): Alert['state'] {
  if (arrayAt(alert, 'status', 'silencedBy').length > 0) return 'silenced';
  return arrayAt(alert, 'status', 'inhibitedBy').length > 0 ? 'inhibited' : 'firing';
}

function alertOf(alert: unknown, state: Alert['state']): Alert {
  const namespace = stringAt(alert, 'labels', 'namespace');
  const since = Date.parse(stringAt(alert, 'startsAt') ?? stringAt(alert, 'activeAt') ?? '');
  const summary = stringAt(alert, 'annotations', 'summary') ?? stringAt(alert, 'annotations', 'description') ?? '';
  return {
    name: stringAt(alert, 'labels', 'alertname') ?? 'unnamed',
    severity: stringAt(alert, 'labels', 'severity') ?? 'none',
    state,
    summary: oneLine(summary, 300),
    ...(namespace !== undefined && { namespace }),
    ...(Number.isFinite(since) && { since }),
  };
}

const APP_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'status.sync.status',
  'status.sync.revision',
  'status.health',
  'status.conditions',
];

export async function readApps({ argocd }: Sources, signal: AbortSignal): Promise<App[]> {
  const fields = APP_FIELDS.map((field) => `items.${field}`).join(',');
  const list = await argocd.get({ path: '/api/v1/applications', query: { fields }, what: 'applications' }, signal);
  return arrayAt(list, 'items').map((app) => {
    const revision = stringAt(app, 'status', 'sync', 'revision');
    const [condition] = arrayAt(app, 'status', 'conditions');
    const message = stringAt(app, 'status', 'health', 'message') ?? stringAt(condition, 'message');
    return {
      name: stringAt(app, 'metadata', 'name') ?? '',
      sync: stringAt(app, 'status', 'sync', 'status') ?? 'Unknown',
      health: stringAt(app, 'status', 'health', 'status') ?? 'Unknown',
      ...(revision && { revision }),
      ...(message && { message: oneLine(message, 300) }),
    };
  });
}

/** Of node exporters and rules, as kube-prometheus has them. */
const TRENDS = [
  { name: 'CPU', unit: 'percent', query: '100 * (1 - avg(rate(node_cpu_seconds_total{mode="idle"}[5m])))' },
  {
    name: 'Memory',
    unit: 'percent',
    query: '100 * (1 - sum(node_memory_MemAvailable_bytes) / sum(node_memory_MemTotal_bytes))',
  },
  { name: 'Firing alerts', unit: 'count', query: 'count(ALERTS{alertstate="firing"}) or vector(0)' },
] as const;

/** Seconds between points, and back to where. */
const STEP = 600;
const BACK = 6 * 3_600;

/** What Prometheus knows of the last six hours; what it has no answer for is left out. */
export async function readTrends(prometheus: Rest, now: number, signal: AbortSignal): Promise<Trend[]> {
  const end = Math.floor(now / 1000);
  const read = async ({ name, unit, query }: (typeof TRENDS)[number]): Promise<Trend[]> => {
    const range = { query, start: end - BACK, end, step: STEP };
    const answer = await prometheus.get({ path: '/api/v1/query_range', query: range, what: name }, signal);
    const [series] = arrayAt(answer, 'data', 'result');
    const points = arrayAt(series, 'values').flatMap((pair) => {
      const value = Array.isArray(pair) ? Number(pair[1]) : Number.NaN;
      return Number.isFinite(value) ? [value] : [];
    });
    return points.length > 1 ? [{ name, unit, points }] : [];
  };
  return (await Promise.all(TRENDS.map(read))).flat();
}

function asList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new OpsError(
    'rejected_by_backend',
    `alerts: Alertmanager answered ${isObject(value) ? Object.keys(value).join(', ') : typeof value}, and no list.`,
    `Its API version 2 is needed${at(value, 'status') === undefined ? '' : '; this looks like version 1'}.`,
  );
}
