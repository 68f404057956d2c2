import type { Child, PropsWithChildren } from 'hono/jsx';
import { iso } from '../../shared/kernel/clock.ts';
import { ago, left } from './times.ts';

/** How a thing is meant to be seen. The words say it, too: colour is never all there is. */
export type Tone = 'ok' | 'info' | 'warn' | 'bad' | 'mute' | 'loud';

export function Badge({ tone, children }: PropsWithChildren<{ tone: Tone }>) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

/** RFC 3339; empty where a number that came from outside is no time at all. */
function stamp(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? iso(ms) : '';
}

/** How long ago; the page script keeps it up to date. */
export function Ago({ at, now }: { at: number; now: number }) {
  return (
    <time datetime={stamp(at)} title={stamp(at)} data-ago={at}>
      {ago(now - at)}
    </time>
  );
}

/** How long until; the page script counts down. */
export function Until({ at, now }: { at: number; now: number }) {
  return (
    <time datetime={stamp(at)} title={stamp(at)} data-until={at}>
      {left(at - now)}
    </time>
  );
}

/** The time of day (UTC), where an order in time matters more than an age. */
export function At({ at }: { at: number }) {
  return (
    <time datetime={stamp(at)} title={stamp(at)}>
      {stamp(at).slice(11, 19)}
    </time>
  );
}

/** Terms and what they are; a fact without a value is left out. */
export function Facts({ facts }: { facts: readonly (readonly [string, Child])[] }) {
  return (
    <dl class="facts">
      {facts.map(([term, value]) =>
        value === undefined || value === false || value === '' ? null : (
          <div>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

/** A part of the page whose store could not be read: it says so, and not that there is nothing. */
export function Unreadable({ what, why }: { what: string; why: string }) {
  return (
    <p class="note bad" role="alert">
      <strong>{what} could not be read.</strong> {why}
    </p>
  );
}

export function RunLink({ run }: { run: string }) {
  return (
    <a class="mono" href={`/runs/${encodeURIComponent(run)}`}>
      {run}
    </a>
  );
}

/** A value as JSON, folded away until somebody wants it. */
export function Json({ title, value }: { title: string; value: unknown }) {
  return (
    <details class="json">
      <summary>{title}</summary>
      <pre>{JSON.stringify(value, null, 2)}</pre>
    </details>
  );
}
