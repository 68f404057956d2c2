import { iso } from '../../shared/kernel/clock.ts';
import { digest } from '../../shared/kernel/digest.ts';
import { count } from '../../shared/kernel/text.ts';
import type { Notification } from '../../shared/notify/notification.ts';
import type { Alert } from '../../shared/workflow/events.ts';
import type { RunState } from '../../shared/workflow/state.ts';
import type { Incident } from '../incidents/incident.ts';
import { highest, severityOf } from './severity.ts';

type Of<K extends Notification['kind']> = Extract<Notification, { kind: K }>;
export type IncidentNews = Of<'incident-opened' | 'incident-closed'>;

/** A run has begun to work on an alert. */
export function openedNews(
  incident: { readonly run: string; readonly key: string; readonly workflow: string; readonly alert: Alert },
  at: number,
  link?: string,
): Of<'incident-opened'> {
  const { run, key, workflow, alert } = incident;
  const { alertname = 'an alert without a name', namespace } = alert.labels;
  const summary = alert.annotations.summary ?? alert.annotations.description;
  return {
    ...{ kind: 'incident-opened', id: `incident-opened ${run}`, at, severity: severityOf(alert), workflow },
    namespaces: namespace === undefined ? [] : [namespace],
    incident: key,
    alerts: [summary === undefined ? alertname : `${alertname}: ${summary}`],
    ...(link !== undefined && { link }),
  };
}

/** What came of the run of an incident, and what is left for a person. */
export function closedNews(state: RunState, incident: Incident, link?: string): Of<'incident-closed'> {
  const { run, workflow, cause, updatedAt } = state;
  const { key, openedAt, firing } = incident;
  const namespace = cause.alert?.labels.namespace;
  const left = state.verified?.result === 'cleared' || state.resolved ? 0 : firing.length;
  return {
    ...{ kind: 'incident-closed', id: `incident-closed ${run}`, at: updatedAt, workflow, openedAt, incident: key },
    severity: cause.alert === undefined ? 'warning' : severityOf(cause.alert),
    namespaces: namespace === undefined ? [] : [namespace],
    outcome: outcomeOf(state),
    ...(left > 0 && { remains: `${count(left, 'alert')} of it still ${left === 1 ? 'fires' : 'fire'}` }),
    ...(link !== undefined && { link }),
  };
}

function outcomeOf({ status, reason, verified, resolved, changedAt, cancel }: RunState): string {
  if (verified?.result === 'cleared') return `solved, and verified: ${verified.detail}`;
  if (status === 'cancelled') return `cancelled by ${cancel?.by ?? 'a person'}: ${cancel?.reason ?? reason ?? ''}`;
  if (status !== 'succeeded') return `${status === 'failed' ? 'failed' : 'not finished'}: ${reason || status}`;
  if (changedAt === undefined) return resolved ? 'resolved by itself; nothing was changed' : 'nothing was changed';
  return resolved ? 'its alerts have resolved' : 'something was changed';
}

/** A run that is no incident's has failed; undefined where it has not. What a person has cancelled is no news to them. */
export function failedNews(state: RunState, link?: string): Of<'run-failed'> | undefined {
  const { run, workflow, status, steps, updatedAt, reason, cause } = state;
  if (status !== 'failed' && status !== 'timed-out') return undefined;
  const step = Object.entries(steps).find(([, one]) => one.status === 'failed' || one.status === 'unknown')?.[0];
  const namespace = cause.alert?.labels.namespace;
  return {
    ...{ kind: 'run-failed', id: `run-failed ${run}`, at: updatedAt, severity: 'warning', workflow, run },
    namespaces: namespace === undefined ? [] : [namespace],
    reason: reason || `it was not finished at ${iso(state.deadline)}`,
    ...(step !== undefined && { step }),
    ...(link !== undefined && { link }),
  };
}

/** Several messages of one kind as one. */
export function together(news: readonly IncidentNews[], link?: string): IncidentNews | undefined {
  const [first] = news;
  if (first === undefined || news.length === 1) return first;
  const { workflow: _, link: __, ...common } = first;
  const all = {
    ...common,
    id: `${first.kind} ${digest(news.map(({ id }) => id))}`,
    severity: highest(news.map(({ severity }) => severity)),
    namespaces: [...new Set(news.flatMap(({ namespaces }) => namespaces))],
    incident: `${news.length} of them: ${news.map(({ incident }) => incident).join(', ')}`,
    ...(link !== undefined && { link }),
  };
  if (all.kind === 'incident-opened') return { ...all, alerts: [...new Set(news.flatMap(alertsOf))] };
  const closed = news.filter((one) => one.kind === 'incident-closed');
  const left = closed.filter(({ remains }) => remains !== undefined);
  const { remains: ___, ...rest } = all;
  return {
    ...rest,
    openedAt: Math.min(...closed.map(({ openedAt }) => openedAt)),
    outcome: [...Map.groupBy(closed, ({ outcome }) => outcome)].map(([text, of]) => `${of.length} ${text}`).join('; '),
    ...(left.length > 0 && { remains: `alerts of ${left.map(({ incident }) => incident).join(', ')} still fire` }),
  };
}

function alertsOf(news: IncidentNews): readonly string[] {
  return news.kind === 'incident-opened' ? news.alerts : [];
}
