import type { RunEvent } from '../../shared/workflow/events.ts';
import type { RunRow } from '../../shared/workflow/run-store.ts';
import { isEnded, type RunState } from '../../shared/workflow/state.ts';
import { Badge } from './bits.tsx';

export type Verified = NonNullable<RunRow['verified']>;

export function VerifiedBadge({ result }: { result: Verified }) {
  return result === 'cleared' ? <Badge tone="ok">verified</Badge> : <Badge tone="bad">did not help</Badge>;
}

/** Whether what a run changed has helped: what somebody who opens its page wants to know first. */
export function Verdict({ state }: { state: RunState }) {
  const { verified, changedAt, cause } = state;
  if (verified !== undefined)
    return (
      <p class={verified.result === 'cleared' ? 'note' : 'note bad'} role="status">
        <VerifiedBadge result={verified.result} /> {verified.detail}
      </p>
    );
  if (cause.kind !== 'alert' || changedAt === undefined) return null;
  return (
    <p class="note warn" role="status">
      <Badge tone="warn">not verified</Badge>{' '}
      {isEnded(state)
        ? 'It has changed something, and nobody has looked whether that helped.'
        : 'It has changed something; before it ends, the daemon looks whether that has helped.'}
    </p>
  );
}

/** `3 alerts, 1 still fires`, `1 alert, all resolved after its end`; undefined where one alert started it and nothing was heard since. */
export function alertsText(events: readonly RunEvent[]): string | undefined {
  const joined = events.filter(({ type }) => type === 'alert-joined').length;
  const news = events.findLast(({ type }) => type === 'alert-joined' || type === 'alert-resolved');
  if (news === undefined) return undefined;
  const all = joined === 0 ? '1 alert' : `${joined + 1} alerts`;
  if (news.type !== 'alert-resolved') return all;
  if (news.left > 0) return `${all}, ${news.left} still ${news.left === 1 ? 'fires' : 'fire'}`;
  const isLate = events.slice(0, events.indexOf(news)).some(({ type }) => type === 'ended');
  return `${all}, all resolved${isLate ? ' after its end' : ''}`;
}
