import { z } from 'zod';
import { parseSpan, span } from '../../../shared/cluster/times.ts';
import { iso } from '../../../shared/kernel/clock.ts';
import { count, renderTable } from '../../../shared/kernel/text.ts';
import { METRIC } from '../api.ts';
import { prometheusTool } from '../deps.ts';
import { evaluateRange, whyEmpty } from '../evaluate.ts';
import { lookback, promql, until } from '../params.ts';
import { rangeOf } from '../range.ts';
import { type Series, splitLabels } from '../series.ts';
import { downsample, finite, gapsOf, mean, slopeOf } from '../statistics.ts';
import { format, type Unit, unitOf } from '../units.ts';

/** Series with statistics, with single points, and points a series: what a model can make use of. */
const MAX_ROWS = 20;
const MAX_POINTED = 4;
const POINTS = 16;

export const queryRange = prometheusTool({
  name: 'query_range',
  summary:
    'Evaluate PromQL over time: min, mean, max, last, slope and gaps of each series, some points, and a chart if asked.',
  verb: 'query',
  effect: 'read',
  input: z.strictObject({
    query: promql,
    since: lookback('1h').describe('How far back: 30m, 6h, 7d.'),
    until,
    step: z
      .string()
      .refine((value) => parseSpan(value) !== undefined, 'not a time span: write 15s or 5m')
      .optional()
      .describe('15s, 5m; chosen if left out.'),
    chart: z.boolean().default(false).describe('With a PNG.'),
  }),
  target: () => [{ kind: METRIC }],
  run: async ({ query, since, until, step, chart }, { prometheus, clock }, signal) => {
    const range = rangeOf(since, until, step, clock.now());
    const series = await evaluateRange(prometheus, query, range, signal);
    if (series.length === 0) return { text: `No result. ${await whyEmpty(prometheus, query, signal)}` };
    const unit = unitOf(query);
    const { common, own } = splitLabels(series.map(({ labels }) => labels));
    const named = series.map((one, index) => ({ ...one, name: own[index] ?? '' }));
    const shown = named.sort((a, b) => peak(b) - peak(a)).slice(0, MAX_ROWS);
    const cut = series.length > MAX_ROWS ? ` The ${MAX_ROWS} with the highest peaks are shown.` : '';
    const between = `${iso(range.start)} to ${iso(range.end)}, step ${span(range.step)}`;
    const rows = shown.map((one) => [...statisticsOf(one, range.step, unit), one.name]);
    const table = renderTable(['MIN', 'MEAN', 'MAX', 'LAST', 'SLOPE/H', 'GAPS', 'SERIES'], rows);
    const points = shown.slice(0, MAX_POINTED).map((one) => pointsOf(one, unit));
    return {
      text: `${count(series.length, 'series', 'series')}${common === '' ? '' : ` of ${common}`}, ${between}.${cut}`,
      data: [table, ...points].join('\n'),
      ...(chart && { image: await chartOf(shown, query, unit) }),
    };
  },
});

type Named = Series & { readonly name: string };

function peak({ points }: Series): number {
  return Math.max(...finite(points).map(([, value]) => value), Number.NEGATIVE_INFINITY);
}

function statisticsOf({ points }: Series, step: number, unit: Unit): readonly string[] {
  const values = finite(points).map(([, value]) => value);
  if (values.length === 0) return ['NaN', 'NaN', 'NaN', 'NaN', '-', '-'];
  const slope = slopeOf(points);
  const gaps = gapsOf(points, step);
  return [
    ...[Math.min(...values), mean(values), Math.max(...values), values.at(-1) ?? Number.NaN].map((value) =>
      format(value, unit),
    ),
    slope === undefined ? '-' : format(slope.median * 3600, unit),
    gaps.length === 0 ? '-' : `${gaps.length} (${span(Math.max(...gaps))})`,
  ];
}

/** `{pod="web-1"} 10:00 0.2, 10:15 0.3` */
function pointsOf({ points, name }: Named, unit: Unit): string {
  const some = downsample(points, POINTS);
  return `${name}: ${some.map(([at, value]) => `${iso(at).slice(11, 16)} ${format(value, unit)}`).join(', ')}`;
}

/** Drawing is loaded when it is wanted: most answers have no chart. */
async function chartOf(series: readonly Named[], title: string, unit: Unit) {
  const { drawChart } = await import('../chart-png.ts');
  return drawChart({
    title,
    unit,
    series: series.slice(0, 8).map(({ name, points }) => ({ name, points: finite(points) })),
  });
}
