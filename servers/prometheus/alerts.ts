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
  /** Names of the alerts that keep it quiet. */
  readonly inhibitedBy: readonly string[];
  /** Alertmanager's name for it; empty where it has not heard of it. */
  readonly fingerprint: string;
}

export interface Merged {
  readonly alerts: readonly Alert[];
  /** Who could not be asked, and why. */
  readonly missing: { readonly prometheus?: OpsError; readonly alertmanager?: OpsError };
}

/** Alerts of both: Prometheus knows what is pending, Alertmanager what is silenced or inhibited. One of them is enough. */
export async function mergedAlerts(prometheus: Rest, alertmanager: Rest, signal: AbortSignal): Promise<Merged> {
  const [evaluated, handled] = await Promise.all([
    orProblem(prometheus.get({ path: path`/api/v1/alerts`, what: 'alerts of Prometheus' }, signal)),
    orProblem(handledAlerts(alertmanager, signal)),
  ]);
  if (evaluated instanceof OpsError && handled instanceof OpsError) throw evaluated;
  const missing = {
    ...(evaluated instanceof OpsError && { prometheus: evaluated }),
    ...(handled instanceof OpsError && { alertmanager: handled }),
  };
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
  const { state, silencedBy, inhibitedBy, fingerprint, labels } = found;
  return { state, silencedBy, inhibitedBy, fingerprint, labels };
}

/** Prometheus adds its external labels on the way to Alertmanager. */
function covers(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

async function handledAlerts(alertmanager: Rest, signal: AbortSignal): Promise<readonly Alert[]> {
  const answer = await alertmanager.get({ path: path`/api/v2/alerts`, what: 'alerts of Alertmanager' }, signal);
  const all = Array.isArray(answer) ? answer.filter(isObject) : [];
  const names = new Map(
    all.map((one) => [stringAt(one, 'fingerprint') ?? '', stringAt(one, 'labels', 'alertname') ?? '']),
  );
  return all.map((one) => fromAlertmanager(one, names));
}

function fromPrometheus(value: unknown): Alert {
  const state = stringAt(value, 'state') === 'pending' ? 'pending' : 'firing';
  return {
    ...common(value),
    state,
    since: stringAt(value, 'activeAt') ?? '',
    silencedBy: [],
    inhibitedBy: [],
    fingerprint: '',
  };
}

function fromAlertmanager(value: unknown, names: ReadonlyMap<string, string>): Alert {
  const silencedBy = arrayAt(value, 'status', 'silencedBy').map(String);
  const inhibitedBy = arrayAt(value, 'status', 'inhibitedBy').map((one) => names.get(String(one)) ?? String(one));
  return {
    ...common(value),
    state: silencedBy.length > 0 ? 'silenced' : inhibitedBy.length > 0 ? 'inhibited' : 'firing',
    since: stringAt(value, 'startsAt') ?? '',
    silencedBy,
    inhibitedBy,
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
