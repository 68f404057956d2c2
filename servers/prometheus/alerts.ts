import { path } from '../../shared/http/path.ts';
import type { Rest } from '../../shared/http/rest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, at, isObject, stringAt } from '../../shared/kernel/json.ts';
import type { Labels } from './series.ts';

/** One alert as Prometheus evaluates it and as Alertmanager handles it. */
export interface Alert {
  readonly name: string;
  readonly severity: string;
  readonly labels: Labels;
  /** `firing`, `pending`, or what Alertmanager does with it: `silenced`, `inhibited`. */
  readonly state: 'firing' | 'pending' | 'silenced' | 'inhibited';
  readonly since: string;
  readonly summary: string;
  readonly runbook: string;
  readonly silencedBy: readonly string[];
  /** Alertmanager's name for it; empty where it has not heard of it. */
  readonly fingerprint: string;
}

export interface Merged {
  readonly alerts: readonly Alert[];
  /** What could not be asked, and is therefore missing. */
  readonly missing: readonly string[];
}

/** Alerts of both: Prometheus knows what is pending, Alertmanager what is silenced or inhibited. One of them is enough. */
export async function mergedAlerts(prometheus: Rest, alertmanager: Rest, signal: AbortSignal): Promise<Merged> {
  const [evaluated, handled] = await Promise.all([
    orProblem(prometheus.get({ path: path`/api/v1/alerts`, what: 'alerts of Prometheus' }, signal)),
    orProblem(handledAlerts(alertmanager, {}, signal)),
  ]);
  if (evaluated instanceof OpsError && handled instanceof OpsError) throw evaluated;
  const missing = [evaluated, handled]
    .filter((one) => one instanceof OpsError)
    .map((problem) => `${problem.message} ${problem.hint}`);
  const known = handled instanceof OpsError ? [] : handled;
  const own = evaluated instanceof OpsError ? [] : arrayAt(evaluated, 'data', 'alerts').map(fromPrometheus);
  const merged = own.map((alert) => ({ ...alert, ...(alert.state === 'firing' && handlingOf(alert, known)) }));
  const others = known.filter((one) => !own.some((alert) => covers(one.labels, alert.labels)));
  return { alerts: [...merged, ...others], missing };
}

function orProblem<T>(answer: Promise<T>): Promise<T | OpsError> {
  return answer.catch((error: unknown) => {
    if (error instanceof OpsError && error.code !== 'cancelled') return error;
    throw error;
  });
}

function handlingOf(alert: Alert, handled: readonly Alert[]): Partial<Alert> {
  const found = handled.find((one) => covers(one.labels, alert.labels));
  if (found === undefined) return {};
  const { state, silencedBy, fingerprint } = found;
  return { state, silencedBy, fingerprint };
}

/** Prometheus adds its external labels on the way to Alertmanager. */
function covers(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

/** Alertmanager's alerts; `filter` are matchers in its own notation. */
export async function handledAlerts(
  alertmanager: Rest,
  query: { readonly filter?: readonly string[] },
  signal: AbortSignal,
): Promise<readonly Alert[]> {
  const answer = await alertmanager.get({ path: path`/api/v2/alerts`, query, what: 'alerts of Alertmanager' }, signal);
  return (Array.isArray(answer) ? answer.filter(isObject) : []).map(fromAlertmanager);
}

function fromPrometheus(value: unknown): Alert {
  const state = stringAt(value, 'state') === 'pending' ? 'pending' : 'firing';
  return { ...common(value), state, since: stringAt(value, 'activeAt') ?? '', silencedBy: [], fingerprint: '' };
}

function fromAlertmanager(value: unknown): Alert {
  const silencedBy = arrayAt(value, 'status', 'silencedBy').map(String);
  const inhibited = arrayAt(value, 'status', 'inhibitedBy').length > 0;
  return {
    ...common(value),
    state: silencedBy.length > 0 ? 'silenced' : inhibited ? 'inhibited' : 'firing',
    since: stringAt(value, 'startsAt') ?? '',
    silencedBy,
    fingerprint: stringAt(value, 'fingerprint') ?? '',
  };
}

function common(value: unknown) {
  const labels = at(value, 'labels');
  const all: Labels = Object.fromEntries(
    Object.entries(isObject(labels) ? labels : {}).map(([name, text]) => [name, String(text)]),
  );
  return {
    name: all.alertname ?? '',
    severity: all.severity ?? '',
    labels: all,
    summary:
      stringAt(value, 'annotations', 'description') ??
      stringAt(value, 'annotations', 'summary') ??
      stringAt(value, 'annotations', 'message') ??
      '',
    runbook: stringAt(value, 'annotations', 'runbook_url') ?? '',
  };
}
