import { z } from 'zod';
import { SEVERITIES } from '../../shared/notify/notification.ts';
import { type Alert, alertSchema } from '../../shared/workflow/events.ts';

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
  namespace: z.string().exactOptional(),
  severity: z.enum(SEVERITIES).exactOptional().describe('The highest of its alerts.'),
  worse: z
    .object({
      at,
      what: z.string(),
      severity: z.enum(SEVERITIES),
      was: z.enum(SEVERITIES).exactOptional().describe('Absent where it had been over.'),
    })
    .exactOptional()
    .describe('The last alert that made it worse than people had heard.'),
});
export type Incident = Readonly<z.output<typeof incidentSchema>>;

/** What has to be done about news of an incident, at least once: whoever does it has to bear it twice. */
export const effectSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('start'), run, key: z.string(), workflow: z.string(), alert: alertSchema }),
  z.object({
    kind: z.literal('joined'),
    run,
    key: z.string(),
    alert: alertSchema,
    worse: z.literal(true).exactOptional().describe('People have to hear of it.'),
  }),
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

interface Firing {
  readonly entry: string;
  /** The same for each time that one alert fires. */
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
