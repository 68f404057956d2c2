import { describe, expect, it } from 'vitest';
import { groupEvents } from '../../../shared/cluster/events.ts';
import { selectorOf } from '../../../shared/cluster/selector.ts';
import { ageOf, parseSpan, span } from '../../../shared/cluster/times.ts';
import { ago, anEvent, NOW } from '../../support/kube.ts';

describe('a span of time', () => {
  it('is read from units and their sums, and from nothing else', () => {
    expect(['30s', '10m', '2h', '1d', '1h30m'].map(parseSpan)).toEqual([
      30_000, 600_000, 7_200_000, 86_400_000, 5_400_000,
    ]);
    for (const wrong of ['', '10', 'm', '-5m', '1.5h', '10 m', '1w', '9999999s'])
      expect(parseSpan(wrong)).toBeUndefined();
  });

  it('is shown in one unit, and as unknown where it is', () => {
    expect([0, 119_000, 3_600_000, 36_000_000, 400_000_000].map(span)).toEqual(['0s', '119s', '60m', '10h', '4d']);
    expect(ageOf(undefined, NOW)).toBe('?');
  });
});

describe('events', () => {
  it('of one reason and object are one line with their count, and the newest message stands last', () => {
    const groups = groupEvents([
      anEvent({ count: 3, message: 'old', lastTimestamp: ago(300) }),
      anEvent({ reason: 'Failed', lastTimestamp: ago(20) }),
      anEvent({ count: 2, message: 'new', lastTimestamp: ago(10) }),
    ]);
    expect(groups.map(({ reason, count, message }) => [reason, count, message])).toEqual([
      ['Failed', 1, 'Back-off restarting failed container'],
      ['BackOff', 5, 'new'],
    ]);
  });

  it('tell their time and count in the fields of events.k8s.io, too', () => {
    const series = { count: 9, lastObservedTime: ago(5) };
    expect(groupEvents([anEvent({ series, count: 1, lastTimestamp: ago(500) })])[0]).toMatchObject({
      count: 9,
      last: NOW - 5_000,
    });
  });
});

describe('a selector', () => {
  it('is the query for the pods of a workload or a Service', () => {
    const matchExpressions = [
      { key: 'tier', operator: 'In', values: ['a', 'b'] },
      { key: 'old', operator: 'DoesNotExist' },
      { key: 'new', operator: 'Exists' },
    ];
    expect(selectorOf({ spec: { selector: { matchLabels: { app: 'web' }, matchExpressions } } })).toBe(
      'app=web,tier in (a,b),!old,new',
    );
    expect(selectorOf({ spec: { selector: { app: 'web' } } })).toBe('app=web');
    expect(selectorOf({ spec: { selector: {} } })).toBeUndefined();
  });
});
