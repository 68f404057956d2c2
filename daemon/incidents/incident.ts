import { z } from 'zod';
import { digest } from '../../shared/kernel/digest.ts';
import { type Alert, alertSchema } from '../../shared/workflow/events.ts';
import { runIdFor } from '../run-id.ts';

const at = z.number().describe('Milliseconds since the epoch.');
const run = z.string();

/** Everything that alerts say of one owner, for as long as one run deals with it. */
export const incidentSchema = z.object({
  run: run.describe('The one run that it has started; it names the incident.'),
  key: z.string().describe('Whom it is about.'),
  workflow: z.string(),
  openedAt: at,
  newsAt: at,
  alerts: z.int().min(1).describe('How many have belonged to it.'),
  firing: z.array(z.string()).describe('Entries of the inbox that have not been resolved.'),
  resolvedAt: at.exactOptional(),
});
export type Incident = Readonly<z.output<typeof incidentSchema>>;

/** What has to be done about news of an incident, at least once: whoever does it has to bear it twice. */
export const effectSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('start'), run, key: z.string(), workflow: z.string(), alert: alertSchema }),
  z.object({ kind: z.literal('joined'), run, key: z.string(), alert: alertSchema }),
  z.object({
    kind: z.literal('resolved'),
    run,
    key: z.string(),
    alert: alertSchema,
    left: z.int().min(0).describe('How many still fire. With none left, what the run waits for is stale.'),
  }),
]);
export type Effect = z.output<typeof effectSchema>;

/** An alert of the inbox. */
export interface News {
  readonly entry: string;
  readonly version: number;
  readonly alert: Alert;
}

/** What was known when the news came. */
export interface Known {
  /** Whom the entry is about: as it was first said of it, also where its labels or the cluster say otherwise by now. */
  readonly key: string;
  /** The one that the entry belongs to, else the newest about the same owner. */
  readonly incident?: Incident;
  /** Of the entry, where it has been taken in before. */
  readonly version?: number;
  /** What fires in the incident, as far as it is known which alert that is. */
  readonly firing?: readonly Firing[];
}

export interface Firing {
  readonly entry: string;
  /** As `nameOf` says. */
  readonly alert: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

export interface Context {
  /** That the alert would start. */
  readonly workflow: string;
  /** When that run has ended; `solved`: it has seen that what it changed has helped. */
  readonly ended?: { readonly run: string; readonly at: number; readonly solved: boolean };
  readonly now: number;
}

/** Both or neither are stored. Empty where the news is old, or about nothing that was known. */
export interface Taken {
  readonly incident?: Incident;
  readonly effect?: Effect;
  /** The incident before it, which is over by that. */
  readonly before?: Incident;
}

/** Milliseconds after which an alert that was never resolved, and whose run is over, holds up no other: its resolve was lost. */
const STALE = 24 * 3_600_000;

/** Alerts of one incident that are waited for at most: of the oldest beyond, the resolve counts as lost. */
const FIRING = 500;

/** The same for each time that one alert fires, whichever rule or pod it is about: its labels. */
export function nameOf({ fingerprint, labels }: Alert): string {
  return digest([fingerprint || labels]).slice(0, 16);
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
  return {
    incident: { run, key, workflow, openedAt: now, newsAt: now, alerts: 1, firing: [entry] },
    effect: { kind: 'start', run, key, workflow, alert },
  };
}

function join({ resolvedAt: _, ...incident }: Incident, { entry, alert }: News, { now }: Context): Taken {
  const { run, key, alerts, firing } = incident;
  return {
    incident: { ...incident, newsAt: now, alerts: alerts + 1, firing: [...firing, entry].slice(-FIRING) },
    effect: { kind: 'joined', run, key, alert },
  };
}

function resolve(incident: Incident, over: ReadonlySet<string>, { alert }: News, { now }: Context): Taken {
  const { run, key } = incident;
  const firing = incident.firing.filter((entry) => !over.has(entry));
  return {
    incident: { ...incident, newsAt: now, firing, ...(firing.length === 0 && { resolvedAt: now }) },
    effect: { kind: 'resolved', run, key, alert, left: firing.length },
  };
}
