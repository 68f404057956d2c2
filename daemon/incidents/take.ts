import { digest } from '../../shared/kernel/digest.ts';
import { oneLine } from '../../shared/kernel/text.ts';
import type { Alert } from '../../shared/workflow/events.ts';
import { highest, severityOf } from '../announce/severity.ts';
import { runIdFor } from '../run-id.ts';
import type { Context, Incident, Known, News, Taken } from './incident.ts';
import { aboutOf } from './owner.ts';

/** Milliseconds after which an alert that was never resolved, and whose run is over, holds up no other: its resolve was lost. */
const STALE = 24 * 3_600_000;

/** Alerts of one incident that are waited for at most: of the oldest beyond, the resolve counts as lost. */
const FIRING = 500;

/** The same for each time that one alert fires, whichever rule or pod it is about: its labels. */
export function nameOf({ fingerprint, labels }: Alert): string {
  return digest([fingerprint || labels]).slice(0, 16);
}

/** Characters of what is said of one alert. */
const LONGEST = 300;

/** `KubePodCrashLooping: Pod is crash looping.` */
export function textOf({ labels, annotations }: Alert): string {
  const { alertname = 'an alert without a name' } = labels;
  const summary = annotations.summary ?? annotations.description;
  return summary === undefined ? alertname : `${alertname}: ${summary}`;
}

/**
 * What an alert makes of what is known: it opens an incident, joins it, is resolved in it, or says nothing new.
 *
 * Of an alert that resolves and fires anew between two notifications, Alertmanager sends the new one alone. So where it
 * fires since later, what was said of it before is over; and where it resolves, all of it that began before that is.
 */
export function take(news: News, known: Known, context: Context): Taken {
  const { entry, version, alert } = news;
  const { incident } = known;
  if (known.version !== undefined && version <= known.version) return {};
  const name = nameOf(alert);
  const same = (known.firing ?? []).filter((one) => one.entry !== entry && one.alert === name);
  if (alert.status === 'resolved') {
    const over = new Set([
      entry,
      ...same.filter(({ since }) => since <= Date.parse(alert.endsAt)).map((one) => one.entry),
    ]);
    return incident?.firing.some((one) => over.has(one)) ? resolve(incident, over, news, context) : {};
  }
  if (incident === undefined) return open(news, known.key, context);
  const since = Date.parse(alert.startsAt);
  if (same.some((one) => one.since >= since)) return { incident };
  const before = { ...incident, firing: incident.firing.filter((one) => same.every(({ entry: old }) => old !== one)) };
  if (goesOn(before, alert, context)) return join(before, news, context);
  return { ...open(news, known.key, context), ...(same.length > 0 && { before }) };
}

/** One incident is one run: while that goes on; for what began before it ended; and until all is resolved, or solved. */
function goesOn({ run, firing, newsAt }: Incident, { startsAt }: Alert, { ended, now }: Context): boolean {
  if (ended?.run !== run) return true;
  if (Date.parse(startsAt) <= ended.at) return true;
  return !ended.solved && firing.length > 0 && now - newsAt < STALE;
}

function open({ entry, alert }: News, key: string, { workflow, now }: Context): Taken {
  const run = runIdFor('incident', key, entry);
  const { namespace } = aboutOf(alert.labels);
  const about = { run, key, workflow, severity: severityOf(alert), ...(namespace !== undefined && { namespace }) };
  return {
    incident: { ...about, openedAt: now, newsAt: now, alerts: 1, firing: [entry] },
    effect: { kind: 'start', run, key, workflow, alert },
  };
}

function join({ resolvedAt: _, ...incident }: Incident, { entry, alert }: News, context: Context): Taken {
  const { run, key, alerts, firing } = incident;
  const worsening = worsened(incident, alert, context);
  return {
    incident: {
      ...{ ...incident, ...worsening },
      ...{ newsAt: context.now, alerts: alerts + 1, firing: [...firing, entry].slice(-FIRING) },
    },
    effect: { kind: 'joined', run, key, alert, ...(worsening.worse && { worse: true }) },
  };
}

/** People hear of an alert that is worse than all before, and of one that comes when they believe that it is over. */
function worsened(incident: Incident, alert: Alert, { ended, now }: Context): Pick<Incident, 'severity' | 'worse'> {
  const severity = severityOf(alert);
  const { severity: was = severity, run, firing, worse } = incident;
  const all = highest([was, severity]);
  const isBack = worse !== undefined && worse.was === undefined;
  const wasOver = ended?.run === run && (firing.length === 0 || (ended.solved && !isBack));
  if (all === was && !wasOver) return { severity: all };
  const what = oneLine(textOf(alert), LONGEST);
  return { severity: all, worse: { at: now, what, severity, ...(!wasOver && { was }) } };
}

function resolve(incident: Incident, over: ReadonlySet<string>, { alert }: News, { now }: Context): Taken {
  const { run, key } = incident;
  const firing = incident.firing.filter((entry) => !over.has(entry));
  return {
    incident: { ...incident, newsAt: now, firing, ...(firing.length === 0 && { resolvedAt: now }) },
    effect: { kind: 'resolved', run, key, alert, left: firing.length },
  };
}
