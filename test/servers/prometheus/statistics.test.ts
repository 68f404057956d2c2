import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chartSvg } from '../../../servers/prometheus/chart.ts';
import { compareWithPast } from '../../../servers/prometheus/compare-past.ts';
import { extrapolate } from '../../../servers/prometheus/extrapolate.ts';
import { rangeOf } from '../../../servers/prometheus/range.ts';
import { splitLabels } from '../../../servers/prometheus/series.ts';
import { downsample, gapsOf, median, slopeOf, spread } from '../../../servers/prometheus/statistics.ts';
import { timeTicks, valueTicks } from '../../../servers/prometheus/ticks.ts';
import { format, unitOf } from '../../../servers/prometheus/units.ts';

const MINUTE = 60_000;
const line = (values: readonly number[], step = MINUTE) => values.map((value, index) => [index * step, value] as const);
const range = { start: 0, end: 60 * MINUTE, step: MINUTE };

const values = (minLength: number, maxLength: number) =>
  fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength, maxLength });

describe('robust statistics', () => {
  it('are not moved by one value that lies far out', () => {
    fc.assert(
      fc.property(values(5, 60), (some) => {
        const far = [...some.slice(1), 1e12];
        expect(Math.abs(median(far))).toBeLessThanOrEqual(1e6);
        expect(spread(far)).toBeLessThanOrEqual(1e7);
      }),
    );
  });

  it('find the slope of a straight line', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -100, max: 100, noNaN: true }),
        fc.integer({ min: 8, max: 120 }),
        (slope, length) => {
          const points = line(
            Array.from({ length }, (_, i) => 5 + slope * i),
            1000,
          );
          expect(slopeOf(points)?.median).toBeCloseTo(slope, 6);
        },
      ),
    );
  });

  it('leave out points, and make up none', () => {
    fc.assert(
      fc.property(values(1, 400), fc.integer({ min: 3, max: 40 }), (some, wanted) => {
        const points = line(some);
        const fewer = downsample(points, wanted);
        expect(fewer).toHaveLength(Math.min(wanted, some.length));
        expect(points).toEqual(expect.arrayContaining([...fewer]));
        expect([fewer[0], fewer.at(-1)]).toEqual([points[0], points.at(-1)]);
      }),
    );
  });

  it('keep a lone peak', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 298 }), (place) => {
        const points = line(Array.from({ length: 300 }, (_, i) => (i === place ? 1000 : i % 3)));
        expect(downsample(points, 12).map(([, value]) => value)).toContain(1000);
      }),
    );
  });

  it('see gaps of more than one and a half steps', () => {
    expect(
      gapsOf(
        [
          [0, 1],
          [MINUTE, 1],
          [5 * MINUTE, 1],
        ],
        MINUTE,
      ),
    ).toEqual([4 * MINUTE]);
  });
});

describe('a comparison with the past', () => {
  const past = [100, 104, 98, 101, 99, 103, 97];

  it.each([
    [400, 'high'],
    [101, undefined],
    [115, undefined],
    [10, 'high'],
  ])('of %d with values near 100 is sure: %s', (now, sure) => {
    expect(compareWithPast(now, past, 5)?.sure).toBe(sure);
  });

  it('says nothing with fewer than three days, and less surely with few', () => {
    expect(compareWithPast(400, past.slice(0, 2), 5)).toBeUndefined();
    expect(compareWithPast(400, past.slice(0, 3), 5)?.sure).toBe('medium');
  });

  it('takes no notice of differences that do not matter', () => {
    expect(compareWithPast(0.04, [0, 0, 0, 0, 0, 0, 0], 0.05)).toBeUndefined();
  });
});

describe('a trend', () => {
  it('says when a limit is reached, and between which times', () => {
    const rising = line(Array.from({ length: 60 }, (_, i) => 100 + i + (i % 3)));
    const { reaches, sure } = extrapolate(rising, { limit: 220, unit: 'none', range });
    expect(reaches).toMatch(/^in (58|59|60|61)m \(\d+m to \d+m\)$/);
    expect(sure).toBe('high');
  });

  it('is none where values only move to and fro, or are few', () => {
    const noise = line(Array.from({ length: 60 }, (_, i) => 100 + (i % 2) * 10));
    expect(extrapolate(noise, { limit: 200, unit: 'none', range })).toMatchObject({
      sure: 'none',
      reaches: 'no trend',
    });
    const still = line(Array.from({ length: 60 }, () => 7));
    expect(extrapolate(still, { limit: 200, unit: 'none', range }).verdict).toBe('no trend: it stays as it is');
    expect(extrapolate(line([1, 2, 3]), { limit: 200, unit: 'none', range }).sure).toBe('only 3 points');
  });
});

describe('a limit that a trend moves away from', () => {
  const rising = line(Array.from({ length: 60 }, (_, i) => 100 + i));
  const falling = line(Array.from({ length: 60 }, (_, i) => 100 - i));

  it.each([
    ['rising', rising, 130, 'reached'],
    ['rising', rising, 159, 'reached'],
    ['rising', rising, 50, 'above it, moving away'],
    ['falling', falling, 70, 'reached'],
    ['falling', falling, 200, 'below it, moving away'],
    ['falling', falling, 0, 'in 41m (41m to 41m)'],
  ])('is not foreseen: %s', (_direction, points, limit, reaches) => {
    expect(extrapolate(points, { limit, unit: 'none', range }).reaches).toBe(reaches);
  });
});

describe('the marks of a chart', () => {
  it('enclose all values, are round, and few', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
        fc.double({ noNaN: true, min: 1e-3, max: 1e9 }),
        fc.constantFrom('bytes', 'none'),
        (low, range, unit) => {
          const marks = valueTicks(low, low + range, unit);
          expect(marks.length).toBeGreaterThan(1);
          expect(marks.length).toBeLessThanOrEqual(8);
          const least = (Math.abs(low) + range) * 1e-9;
          expect(marks[0]).toBeLessThanOrEqual(low + least);
          expect(marks.at(-1)).toBeGreaterThanOrEqual(low + range - least);
        },
      ),
    );
    expect(valueTicks(3, 97, 'none')).toEqual([0, 20, 40, 60, 80, 100]);
    expect(valueTicks(0, 2.9 * 2 ** 30, 'bytes').map((value) => format(value, 'bytes'))).toEqual([
      '0',
      '1Gi',
      '2Gi',
      '3Gi',
    ]);
  });

  it('stand on full hours', () => {
    const start = Date.parse('2026-11-24T06:07:00Z');
    expect(timeTicks(start, start + 6 * 60 * MINUTE).map((at) => new Date(at).toISOString().slice(11, 16))).toEqual([
      '07:00',
      '08:00',
      '09:00',
      '10:00',
      '11:00',
      '12:00',
    ]);
  });
});

describe('numbers', () => {
  it.each([
    ['container_memory_working_set_bytes', 3 * 2 ** 30, '3Gi'],
    ['rate(container_cpu_usage_seconds_total[5m])', 0.25, '0.25'],
    ['process_uptime_seconds', 7300, '2h'],
    ['a_bytes / b_bytes', 0.123456, '12.35%'],
    ['100 * (a_bytes / b_bytes)', 12.3456, '12.35%'],
    ['up', 1, '1'],
    ['up', Number.NaN, 'NaN'],
  ])('of %s: %d is shown as %s', (expression, value, shown) => {
    expect(format(value, unitOf(expression))).toBe(shown);
  });

  it('come in steps that a person would choose, and never too many', () => {
    expect(rangeOf('6h', undefined, undefined, 1e12)).toMatchObject({ step: 120_000, end: 1e12 });
    expect(rangeOf('2026-11-24T06:00:00Z', '2026-11-24T07:00:00Z', undefined, 1e12)).toMatchObject({ step: 15_000 });
    expect(() => rangeOf('2026-11-24T06:00:00Z', '2026-11-23T07:00:00Z', undefined, 1e12)).toThrow(
      /no stretch of time/,
    );
    expect(() => rangeOf('30d', undefined, '15s', 1e12)).toThrow(/more than 11000 points over 30d/);
  });
});

describe('labels', () => {
  it('that all series share are said once', () => {
    expect(
      splitLabels([
        { job: 'a', pod: '1' },
        { job: 'a', pod: '2' },
      ]),
    ).toEqual({ common: ['all: {job="a"}'], own: ['{pod="1"}', '{pod="2"}'] });
  });

  it('cannot break out of a chart', () => {
    const svg = chartSvg({
      title: '<script>',
      unit: 'none',
      step: MINUTE,
      series: [{ name: 'a"><script>alert(1)</script>', points: line([1, 2]) }],
    });
    expect(svg).not.toContain('<script');
  });
});

it('a chart has no line where there are no values', () => {
  const points = [
    [0, 1],
    [MINUTE, 1],
    [5 * MINUTE, 1],
    [6 * MINUTE, 1],
  ] as const;
  const svg = chartSvg({ title: 'up', unit: 'none', step: MINUTE, series: [{ name: 'a', points }] });
  expect(/<path d="([^"]*)"/.exec(svg)?.[1]).toMatch(/^M[^ML]+L[^ML]+M[^ML]+L[^ML]+$/);
});
