import { z } from 'zod';

const at = z.number().describe('Milliseconds since the epoch.');
const untold = z.boolean().describe('Whether people have yet to hear of it.');

/** Whether a workflow may be started, as it is stored. */
export const breakerStateSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('closed'),
    at: at.describe('Since when. What was before does not count.'),
    probation: z.boolean().describe('After a stop: the first failure stops it again, the first success ends this.'),
    by: z.string().exactOptional().describe('The person who has ended the stop.'),
    untold,
  }),
  z.object({ kind: z.literal('open'), at, until: at, reason: z.string(), untold }),
]);
export type BreakerState = Readonly<z.output<typeof breakerStateSchema>>;
type Open = Extract<BreakerState, { kind: 'open' }>;
type Closed = Extract<BreakerState, { kind: 'closed' }>;

export interface Limits {
  /** Failed runs in a row, within `window`, that stop a workflow. */
  readonly failures: number;
  /** Milliseconds. */
  readonly window: number;
  /** Changes of one workload within an hour that are still fine. */
  readonly changes: number;
  /** Milliseconds that a stop lasts. */
  readonly coolDown: number;
}

const HOUR = 3_600_000;

/** A fix that has to be made six times in an hour is none; three failures in a row are no accident. */
export const LIMITS: Limits = { failures: 3, window: 24 * HOUR, changes: 5, coolDown: HOUR };

/** What a workflow has done; times in milliseconds since the epoch, in any order. */
export interface History {
  /** Runs that came to an end by themselves. */
  readonly ends: readonly { readonly at: number; readonly ok: boolean }[];
  /** What was changed, or may have been. */
  readonly changes: readonly { readonly at: number; readonly target: string }[];
}

const FRESH: Closed = { kind: 'closed', at: 0, probation: false, untold: false };

/** Whether a workflow may go on: the state that is known, and what its history makes of it. */
export function judge(known: BreakerState = FRESH, history: History, now: number, limits = LIMITS): BreakerState {
  const state = known.kind === 'open' ? cooled(known, now, limits) : known;
  if (state.kind === 'open') return state;
  const reason = failing(state, history, now, limits) ?? meddling(state, history, now, limits);
  if (reason === undefined) return state;
  return { kind: 'open', at: now, until: now + limits.coolDown, reason, untold: true };
}

/** A clock that was put back must not make the stop longer. */
function cooled(open: Open, now: number, { coolDown }: Limits): BreakerState {
  if (now < open.at) return { ...open, at: now, until: now + coolDown };
  return now < open.until ? open : { kind: 'closed', at: open.until, probation: true, untold: true };
}

function failing({ at, probation }: Closed, { ends }: History, now: number, limits: Limits): string | undefined {
  const counting = ends.filter((end) => end.at >= at && end.at > now - limits.window).toSorted((a, b) => a.at - b.at);
  const inARow = counting.length - 1 - counting.findLastIndex(({ ok }) => ok);
  if (inARow >= limits.failures) return `${inARow} runs in a row have failed`;
  const relapse = probation && inARow > 0 && inARow === counting.length;
  return relapse ? 'it has failed again after it was stopped' : undefined;
}

function meddling({ at }: Closed, { changes }: History, now: number, limits: Limits): string | undefined {
  const counting = changes.filter((change) => change.at >= at && change.at > now - HOUR);
  const [most] = [...Map.groupBy(counting, ({ target }) => target)].toSorted(([, a], [, b]) => b.length - a.length);
  if (most === undefined || most[1].length <= limits.changes) return undefined;
  return `it has changed ${most[0]} ${most[1].length} times within an hour`;
}
