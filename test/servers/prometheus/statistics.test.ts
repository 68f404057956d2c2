import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chartSvg } from '../../../servers/prometheus/chart.ts';
import { compareWithPast } from '../../../servers/prometheus/compare-past.ts';
import { extrapolate } from '../../../servers/prometheus/extrapolate.ts';
import { rangeOf } from '../../../servers/prometheus/range.ts';
import { splitLabels } from '../../../servers/prometheus/series.ts';
import { demandNarrow, describeMatcher, parseMatcher } from '../../../servers/prometheus/silences.ts';
import { downsample, gapsOf, median, slopeOf, spread } from '../../../servers/prometheus/statistics.ts';
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

  it('join points without leaving their range', () => {
    fc.assert(
      fc.property(values(1, 400), fc.integer({ min: 1, max: 40 }), (some, wanted) => {
        const joined = downsample(line(some), wanted).map(([, value]) => value);
        expect(joined.length).toBeLessThanOrEqual(wanted);
        expect(Math.min(...joined)).toBeGreaterThanOrEqual(Math.min(...some) - 1e-6);
        expect(Math.max(...joined)).toBeLessThanOrEqual(Math.max(...some) + 1e-6);
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
      reaches: 'not at this rate',
    });
    expect(extrapolate(line([1, 2, 3]), { limit: 200, unit: 'none', range }).sure).toBe('only 3 points');
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
    ).toEqual({ common: '{job="a"}', own: ['{pod="1"}', '{pod="2"}'] });
  });

  it('cannot break out of a chart', () => {
    const svg = chartSvg({
      title: '<script>',
      unit: 'none',
      series: [{ name: 'a"><script>alert(1)</script>', points: line([1, 2]) }],
    });
    expect(svg).not.toContain('<script');
  });
});

describe('a silence', () => {
  it.each(['alertname="A"', 'namespace=~"team-.*"', 'pod!="x"', 'severity!~"a|b"'])('reads and writes %s', (text) => {
    expect(describeMatcher(parseMatcher(text))).toBe(text);
  });

  it.each([
    [['alertname=~".*"']],
    [['alertname=~".+"']],
    [['alertname=~"[^x]*"']],
    [['alertname=""']],
    [['severity="warning"']],
    [['severity="warning"', 'namespace!="x"']],
    [['alertname!="Watchdog"']],
    [['namespace=~"|a"']],
  ])('of %j would mute far more than one problem', (texts) => {
    expect(() => demandNarrow(texts.map(parseMatcher))).toThrow(/far more than one problem/);
  });

  it.each([[['alertname="KubePodCrashLooping"']], [['namespace=~"team-.*"']], [['severity="warning"', 'pod="web-1"']]])(
    'of %j is about something',
    (texts) => expect(() => demandNarrow(texts.map(parseMatcher))).not.toThrow(),
  );

  it.each(['alertname', '="x"', 'a b="c"', 'a=~"("'])('takes no %j', (text) => {
    expect(() => parseMatcher(text)).toThrow(/no matcher|no regular expression/);
  });
});
