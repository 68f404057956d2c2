import { z } from 'zod';
import { span } from '../../../shared/cluster/times.ts';
import { count, renderTable } from '../../../shared/kernel/text.ts';
import { METRIC } from '../api.ts';
import { prometheusTool } from '../deps.ts';
import { evaluateRange } from '../evaluate.ts';
import { extrapolate } from '../extrapolate.ts';
import { promql, since, until } from '../params.ts';
import { rangeOf } from '../range.ts';
import { splitLabels } from '../series.ts';
import { unitOf } from '../units.ts';
import { whyEmpty } from '../why-empty.ts';

const MAX_ROWS = 20;

export const trend = prometheusTool({
  name: 'trend',
  summary: 'Say where each series of a PromQL gauge is heading, when it reaches a limit, and how sure that is.',
  verb: 'query',
  effect: 'read',
  input: z.strictObject({
    query: promql,
    limit: z.number().optional().describe('Value in the unit of the query, such as 0.9.'),
    since: since.default('6h').describe('Past it is judged by: 6h, 3d, or a time.'),
    until,
  }),
  target: () => [{ kind: METRIC }],
  run: async ({ query, limit, since, until }, { prometheus, clock }, signal) => {
    const range = rangeOf(since, until, undefined, clock.now());
    const { series, notes } = await evaluateRange(prometheus, query, range, signal);
    if (series.length === 0) return whyEmpty(prometheus, query, range.end, signal);
    const unit = unitOf(query);
    const { common, own } = splitLabels(series.map(({ labels }) => labels));
    const lines = series
      .map(({ points }, index) => ({ name: own[index] ?? '', ...extrapolate(points, { limit, unit, range }) }))
      .sort((a, b) => a.urgency - b.urgency)
      .slice(0, MAX_ROWS);
    const table = renderTable(
      ['LAST', 'SLOPE/H', 'REACHES', 'SURE', 'SERIES'],
      lines.map(({ last, slope, reaches, sure, name }) => [last, slope, reaches, sure, name]),
    );
    const [first] = lines;
    const cut = series.length > MAX_ROWS ? ` The ${MAX_ROWS} most urgent are shown.` : '';
    return {
      text: `${count(series.length, 'series', 'series')} over ${span(range.end - range.start)}: ${first?.verdict ?? ''}.${cut}`,
      data: [...common, table, ...notes].join('\n'),
    };
  },
});
