import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BreakerState, type History, judge, LIMITS } from '../../daemon/breaker/breaker.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = 100 * HOUR;

/** `ok fail fail`: a run each ten minutes, the last one just now. */
function ends(text: string, last = NOW): History['ends'] {
  const words = text === '' ? [] : text.split(' ');
  return words.map((word, index) => ({ at: last - (words.length - 1 - index) * 10 * MINUTE, ok: word === 'ok' }));
}

/** So many changes of one thing, a minute apart, the last one just now. */
function changes(target: string, count: number, last = NOW): History['changes'] {
  return Array.from({ length: count }, (_, index) => ({ target, at: last - index * MINUTE }));
}

const verdict = (history: Partial<History>, known?: BreakerState, now = NOW) => {
  const state = judge(known, { ends: [], changes: [], ...history }, now);
  return state.kind === 'open' ? state.reason : 'goes on';
};
const OPEN: BreakerState = { kind: 'open', at: NOW, until: NOW + HOUR, reason: 'because', untold: false };

describe('a workflow', () => {
  it.each([
    ['goes on', 'nothing has happened', {}],
    ['goes on', 'two runs in a row fail', { ends: ends('fail fail') }],
    ['3 runs in a row have failed', 'three fail', { ends: ends('ok fail fail fail') }],
    ['4 runs in a row have failed', 'four fail, told in any order', { ends: ends('fail fail fail fail').toReversed() }],
    ['goes on', 'one of them succeeds', { ends: ends('fail fail ok fail fail') }],
    [
      'goes on',
      'the first of three is a day old',
      { ends: [{ at: NOW - 24 * HOUR, ok: false }, ...ends('fail fail')] },
    ],
    ['goes on', 'it changes one workload five times', { changes: changes('shop/web', 5) }],
    ['it has changed shop/web 6 times within an hour', 'six times', { changes: changes('shop/web', 6) }],
    ['goes on', 'six workloads once each', { changes: [1, 2, 3, 4, 5, 6].flatMap((n) => changes(`shop/${n}`, 1)) }],
    ['goes on', 'the first of six an hour ago', { changes: [...changes('a', 5), { target: 'a', at: NOW - HOUR }] }],
  ] as const)('%s when %s', (expected, _, history) => {
    expect(verdict(history)).toBe(expected);
  });

  it('is stopped for an hour, whatever happens meanwhile, and then goes on', () => {
    const stopped = judge(undefined, { ends: ends('fail fail fail'), changes: [] }, NOW);
    expect(stopped).toEqual({ ...OPEN, reason: '3 runs in a row have failed', untold: true });
    expect(verdict({ ends: ends('ok') }, stopped, NOW + HOUR - 1)).toBe('3 runs in a row have failed');
    const after = judge(stopped, { ends: ends('fail fail fail'), changes: [] }, NOW + HOUR);
    expect(after).toEqual({ kind: 'closed', at: NOW + HOUR, probation: true, untold: true });
  });

  it.each([
    ['it has failed again after it was stopped', 'fail'],
    ['goes on', 'ok fail fail'],
    ['3 runs in a row have failed', 'ok fail fail fail'],
    ['goes on', ''],
  ])('after a stop: %s when its runs say "%s"', (expected, text) => {
    const later = NOW + 3 * HOUR;
    expect(verdict({ ends: [...ends('fail fail fail'), ...ends(text, later)] }, OPEN, later)).toBe(expected);
  });

  it('that was stopped for what it changed may change it again after the stop', () => {
    const history = { changes: [...changes('shop/web', 6), ...changes('shop/web', 2, NOW + HOUR + 5 * MINUTE)] };
    expect(verdict(history, OPEN, NOW + HOUR + 5 * MINUTE)).toBe('goes on');
  });

  it('is not stopped for longer when the clock is put back', () => {
    expect(judge(OPEN, { ends: [], changes: [] }, HOUR)).toEqual({ ...OPEN, at: HOUR, until: 2 * HOUR });
  });

  it('never fails three times in a row between two stops, and is not stopped without a failure', () => {
    const run = fc.record({ minutes: fc.integer({ min: 1, max: 300 }), ok: fc.boolean() });
    fc.assert(
      fc.property(fc.array(run, { maxLength: 40 }), (runs) => {
        let state: BreakerState | undefined;
        let [now, inARow] = [NOW, 0];
        const history: { at: number; ok: boolean }[] = [];
        for (const { minutes, ok } of runs) {
          now += minutes * MINUTE;
          state = judge(state, { ends: history, changes: [] }, now);
          if (state.kind === 'open') continue;
          history.push({ at: now, ok });
          inARow = ok ? 0 : inARow + 1;
          state = judge(state, { ends: history, changes: [] }, now);
          if (state.kind === 'open') {
            expect(inARow).toBeGreaterThan(0);
            inARow = 0;
          }
          expect(inARow).toBeLessThan(LIMITS.failures);
        }
      }),
    );
  });
});
