import { span } from '../../shared/cluster/times.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { Log } from '../../shared/kernel/log.ts';
import { oneLine } from '../../shared/kernel/text.ts';
import type { Alert } from '../../shared/workflow/events.ts';
import type { Sleep } from '../sleep.ts';
import type { Sources } from '../status/sources.ts';
import { seeAlert } from './alert.ts';
import { type Sight, seen } from './sight.ts';
import { seeWorkload } from './workload.ts';

export interface Verification {
  readonly result: 'cleared' | 'not-cleared';
  /** What was looked at, and what it showed, in plain words. */
  readonly detail: string;
}

export interface VerifyOptions {
  readonly sources: Pick<Sources, 'cluster' | 'prometheus' | 'alertmanager'>;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly log: Log;
  /** After the change, in which it has to help. */
  readonly minutes: number;
}

export interface Remedied {
  readonly alert: Alert;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
  /** Whether the incident’s alerts have all resolved. */
  readonly resolved: () => Promise<boolean>;
}

/** Milliseconds between looks: soon at first, then seldom enough for an API server on a Raspberry Pi. */
const FIRST_PAUSE = 10_000;
const LONGEST_PAUSE = 30_000;
const GROWTH = 1.5;

/** Milliseconds for which all has to stay well: an alert that flaps has not cleared. */
const STEADY = 30_000;

/** Milliseconds for one look. */
const PATIENCE = 20_000;

/**
 * Looks until the alert has cleared and the workload is ready, two looks in a row, or until `minutes` after `changedAt`
 * something is still amiss or out of sight. What is well at the end gets its second look. Undefined when `signal` was aborted.
 */
export async function verify(
  options: VerifyOptions,
  about: Remedied,
  signal: AbortSignal,
): Promise<Verification | undefined> {
  const { clock, sleep, minutes } = options;
  const end = about.changedAt + minutes * 60_000;
  let pause = FIRST_PAUSE;
  let wellSince: number | undefined;
  while (!signal.aborted) {
    const sights = await look(options, about, signal);
    if (signal.aborted) break;
    const now = clock.now();
    const isWell = sights.every(({ state }) => state === 'well');
    if (!isWell && now >= end) return verdict('not-cleared', sights, now - about.changedAt);
    wellSince = isWell ? (wellSince ?? now) : undefined;
    if (wellSince !== undefined && now - wellSince >= STEADY) return verdict('cleared', sights, now - about.changedAt);
    await sleep(isWell ? STEADY : Math.min(pause, end - now), signal);
    pause = Math.min(pause * GROWTH, LONGEST_PAUSE);
  }
  return undefined;
}

async function look(options: VerifyOptions, about: Remedied, stop: AbortSignal): Promise<readonly Sight[]> {
  const { sources, log } = options;
  const { labels } = about.alert;
  const signal = AbortSignal.any([stop, AbortSignal.timeout(PATIENCE)]);
  const alert = async (): Promise<Sight> => {
    const resolved = await about
      .resolved()
      .catch((error: unknown) => void log('the incident could not be read', error));
    return resolved ? { state: 'well', text: 'Its alerts have resolved.' } : seeAlert(sources, labels, signal);
  };
  return Promise.all([
    seen('Whether the alert fires', log, alert),
    seen('Whether the workload is ready', log, () => seeWorkload(sources.cluster, labels, signal)),
  ]);
}

function verdict(result: Verification['result'], sights: readonly Sight[], after: number): Verification {
  const when = `${span(after)} after the change`;
  const how =
    result === 'cleared' ? `Seen twice, ${STEADY / 1_000} s apart, the last time ${when}.` : `This is ${when}.`;
  return { result, detail: oneLine([...sights.map(({ text }) => text), how].join(' '), 1_000) };
}
