import { z } from 'zod';
import { count, renderTable } from '../../../shared/kernel/text.ts';
import { METRIC } from '../api.ts';
import { prometheusTool } from '../deps.ts';
import { evaluateRange, whyEmpty } from '../evaluate.ts';
import { extrapolate } from '../extrapolate.ts';
import { lookback, promql, until } from '../params.ts';
import { rangeOf } from '../range.ts';
import { splitLabels } from '../series.ts';
import { unitOf } from '../units.ts';

const MAX_ROWS = 20;

export const trend = prometheusTool({
  name: 'trend',
  summary: 'Say where each series of a PromQL gauge is heading, when it reaches a limit, and how sure that is.',
  verb: 'query',
  effect: 'read',
  input: z.strictObject({
    query: promql,
    limit: z.number().optional().describe('Value that must not be reached.'),
    since: lookback('6h').describe('Taken as the past: 1h, 6h, 3d.'),
    until,
  }),
  target: () => [{ kind: METRIC }],
  run: async ({ query, limit, since, until }, { prometheus, clock }, signal) => {
    const range = rangeOf(since, until, undefined, clock.now());
    const series = await evaluateRange(prometheus, query, range, signal);
    if (series.length === 0) return { text: `No result. ${await whyEmpty(prometheus, query, signal)}` };
    const unit = unitOf(query);
    const { own } = splitLabels(series.map(({ labels }) => labels));
    const lines = series
      .map(({ points }, index) => ({ name: own[index] ?? '', ...extrapolate(points, { limit, unit, range }) }))
      .sort((a, b) => a.urgency - b.urgency)
      .slice(0, MAX_ROWS);
    const [first] = lines;
    const cut = series.length > MAX_ROWS ? ` The ${MAX_ROWS} most urgent are shown.` : '';
    return {
      text: `${count(series.length, 'series', 'series')} over ${since}: ${first?.verdict ?? ''}.${cut}`,
      data: renderTable(
        ['LAST', 'SLOPE/H', 'REACHES', 'SURE', 'SERIES'],
        lines.map(({ last, slope, reaches, sure, name }) => [last, slope, reaches, sure, name]),
      ),
    };
  },
});
