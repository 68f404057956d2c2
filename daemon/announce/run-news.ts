import { iso } from '../../shared/kernel/clock.ts';
import { count } from '../../shared/kernel/text.ts';
import type { Notification } from '../../shared/notify/notification.ts';
import type { Alert } from '../../shared/workflow/events.ts';
import type { RunState } from '../../shared/workflow/state.ts';
import type { Incident } from '../incidents/incident.ts';
import { aboutOf } from '../incidents/owner.ts';
import { textOf } from '../incidents/take.ts';
import { highest, severityOf } from './severity.ts';

export type Of<K extends Notification['kind']> = Extract<Notification, { kind: K }>;
export type IncidentNews = Of<'incident-opened' | 'incident-worse' | 'incident-closed'>;

/** A run has begun to work on an alert. */
export function openedNews(
  incident: { readonly run: string; readonly key: string; readonly workflow: string; readonly alert: Alert },
  at: number,
  link?: string,
): Of<'incident-opened'> {
  const { run, key, workflow, alert } = incident;
  return {
    ...{ kind: 'incident-opened', id: `incident-opened ${run}`, at, severity: severityOf(alert), workflow },
    namespaces: namespacesOf(alert),
    incident: key,
    alerts: [textOf(alert)],
    ...(link !== undefined && { link }),
  };
}

/** An alert of it is worse than what people have heard, or comes when they believe that it is over. */
export function worseNews(
  incident: Incident,
  worse: NonNullable<Incident['worse']>,
  link?: string,
): Of<'incident-worse'> {
  const { run, key, workflow, namespace, openedAt } = incident;
  const { at, severity, what, was = 'over' } = worse;
  return {
    ...{ kind: 'incident-worse', id: `incident-worse ${run} ${severity} ${iso(at)}`, at, severity, workflow },
    ...{ namespaces: listOf(namespace), incident: key, alerts: [what], before: was, openedAt },
    ...(link !== undefined && { link }),
  };
}

/**
 * What came of an incident, and what is left for a person: at the end of its run, and once more where its alerts resolve
 * after that. `state` is undefined where its run could not be started.
 */
export function closedNews(incident: Incident, state: RunState | undefined, link?: string): Of<'incident-closed'> {
  const { run, key, workflow, openedAt, newsAt, firing, namespace, severity } = incident;
  const alert = state?.cause.alert;
  const late = resolvedLate(incident, state);
  const left = isWell(state) ? 0 : firing.length;
  const outcome = outcomeOf(workflow, state);
  return {
    ...{ kind: 'incident-closed', workflow, openedAt, incident: key },
    ...(late === undefined
      ? { id: closedId(run), at: state?.updatedAt ?? newsAt, outcome }
      : { id: `${closedId(run)} ${iso(late)}`, at: late, outcome: `its alerts have resolved (${outcome})` }),
    severity: highest([severity ?? 'info', alert === undefined ? 'info' : severityOf(alert)]),
    namespaces: namespace === undefined ? namespacesOf(alert) : [namespace],
    ...(left > 0 && { remains: `${count(left, 'alert')} of it still ${left === 1 ? 'fires' : 'fire'}` }),
    ...(link !== undefined && { link }),
  };
}

/** Of the message at the end of a run. */
export function closedId(run: string): string {
  return `incident-closed ${run}`;
}

/** When the alerts resolved, where people have heard before that they fire. */
function resolvedLate({ resolvedAt, worse }: Incident, state: RunState | undefined): number | undefined {
  const isBack = worse !== undefined && worse.was === undefined;
  return isWell(state) && !isBack ? undefined : resolvedAt;
}

/** At the end of the run. */
function isWell(state: RunState | undefined): boolean {
  return state?.verified?.result === 'cleared' || state?.resolved === true;
}

/** Those that a channel may be limited to; a node is in none, whatever the exporter that saw it is in. */
export function namespacesOf(alert: Alert | undefined): readonly string[] {
  return listOf(alert && aboutOf(alert.labels).namespace);
}

function listOf(namespace: string | undefined): readonly string[] {
  return namespace === undefined ? [] : [namespace];
}

function outcomeOf(workflow: string, state: RunState | undefined): string {
  if (state === undefined) return `no run of ${workflow} could be started: the daemon’s log says why`;
  const { status, reason, verified, resolved, changedAt, cancel } = state;
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
  return {
    ...{ kind: 'run-failed', id: `run-failed ${run}`, at: updatedAt, severity: 'warning', workflow, run },
    namespaces: namespacesOf(cause.alert),
    reason: reason || `it was not finished at ${iso(state.deadline)}`,
    ...(step !== undefined && { step }),
    ...(link !== undefined && { link }),
  };
}
