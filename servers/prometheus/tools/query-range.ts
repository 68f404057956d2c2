import { z } from 'zod';
import { parseSpan, span } from '../../../shared/cluster/times.ts';
import { iso } from '../../../shared/kernel/clock.ts';
import { count, renderTable } from '../../../shared/kernel/text.ts';
import { METRIC } from '../api.ts';
import { prometheusTool } from '../deps.ts';
import { evaluateRange, type Range } from '../evaluate.ts';
import { promql, since, until } from '../params.ts';
import { rangeOf } from '../range.ts';
import { type Series, splitLabels } from '../series.ts';
import { downsample, finite, gapsOf, mean, slopeOf } from '../statistics.ts';
import { format, type Unit, unitOf } from '../units.ts';
import { whyEmpty } from '../why-empty.ts';

/** Series with statistics, with single points, and points a series: what a model can make use of. */
const MAX_ROWS = 20;
const MAX_POINTED = 4;
const POINTS = 16;
/** Lines in a chart, which has as many colours. */
const MAX_LINES = 8;
const DAY = 86_400_000;

export const queryRange = prometheusTool({
  name: 'query_range',
  summary:
    'Evaluate PromQL over time: min, mean, max, last, slope and gaps of each series, some points, and a chart if asked.',
  verb: 'query',
  effect: 'read',
  input: z.strictObject({
    query: promql,
    since: since.default('1h').describe('30m, 7d, or a time.'),
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
    const { series, notes } = await evaluateRange(prometheus, query, range, signal);
    if (series.length === 0) return whyEmpty(prometheus, query, range.end, signal);
    const unit = unitOf(query);
    const { common, own } = splitLabels(series.map(({ labels }) => labels));
    const named = series.map((one, index) => ({ ...one, name: own[index] ?? '' }));
    const shown = named.sort((a, b) => peak(b) - peak(a)).slice(0, MAX_ROWS);
    const cut = series.length > MAX_ROWS ? ` The ${MAX_ROWS} with the highest peaks are shown.` : '';
    const between = `${iso(range.start)} to ${iso(range.end)}, step ${span(range.step)}`;
    const rows = shown.map((one) => [...statisticsOf(one, range, unit), one.name]);
    const table = renderTable(['MIN', 'MEAN', 'MAX', 'LAST', 'SLOPE/H', 'GAPS', 'SERIES'], rows);
    const points = shown.slice(0, MAX_POINTED).map((one) => pointsOf(one, range, unit));
    return {
      text: `${count(series.length, 'series', 'series')}, ${between}.${cut}`,
      data: [...common, table, ...points, ...notes].join('\n'),
      ...(chart && { image: await chartOf(shown, query, unit, range) }),
    };
  },
});

type Named = Series & { readonly name: string };

function peak({ points }: Series): number {
  return Math.max(...finite(points).map(([, value]) => value), Number.NEGATIVE_INFINITY);
}

function statisticsOf({ points }: Series, { step, end }: Range, unit: Unit): readonly string[] {
  const values = finite(points).map(([, value]) => value);
  if (values.length === 0) return ['NaN', 'NaN', 'NaN', 'NaN', '-', '-'];
  const slope = slopeOf(points);
  const gaps = gapsOf(points, step);
  const last = points.at(-1)?.[0] ?? end;
  const absences = [
    ...(gaps.length === 0 ? [] : [`${gaps.length} (${span(Math.max(...gaps))})`]),
    ...(end - last > 1.5 * step ? [`ends ${iso(last).slice(11, 16)}`] : []),
  ];
  return [
    ...[Math.min(...values), mean(values), Math.max(...values), values.at(-1) ?? Number.NaN].map((value) =>
      format(value, unit),
    ),
    slope === undefined ? '-' : format(slope.median * 3600, unit),
    absences.join(', ') || '-',
  ];
}

/** `{pod="web-1"}: 10:00 0.2, 10:15 0.3` */
function pointsOf({ points, name }: Named, { start, end }: Range, unit: Unit): string {
  const time = (at: number) =>
    iso(at)
      .slice(end - start > DAY ? 5 : 11, 16)
      .replace('T', ' ');
  const some = downsample(points, POINTS);
  return `${name}: ${some.map(([at, value]) => `${time(at)} ${format(value, unit)}`).join(', ')}`;
}

/** Drawing is loaded when it is wanted: most answers have no chart. */
async function chartOf(series: readonly Named[], title: string, unit: Unit, { step }: Range) {
  const { drawChart } = await import('../chart-png.ts');
  const lines = series.slice(0, MAX_LINES).map(({ name, points }) => ({ name, points: finite(points) }));
  return drawChart({ title: `${title} (UTC)`, unit, step, series: lines });
}
