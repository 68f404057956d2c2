import { z } from 'zod';
import { count, renderTable } from '../../../shared/kernel/text.ts';
import { METRIC } from '../api.ts';
import { prometheusTool } from '../deps.ts';
import { evaluate } from '../evaluate.ts';
import { promql, when } from '../params.ts';
import { splitLabels } from '../series.ts';
import { format, unitOf } from '../units.ts';
import { whyEmpty } from '../why-empty.ts';

export const query = prometheusTool({
  name: 'query',
  summary: 'Evaluate PromQL at one time. Says why a result is empty.',
  verb: 'query',
  effect: 'read',
  input: z.strictObject({
    query: promql,
    time: when,
    limit: z.int().min(1).max(200).default(30).describe('Rows, the largest values first.'),
  }),
  target: () => [{ kind: METRIC }],
  run: async ({ query, time, limit }, { prometheus, clock }, signal) => {
    const at = time === undefined ? clock.now() : Date.parse(time);
    const { series, notes } = await evaluate(prometheus, query, at, signal);
    if (series.length === 0) return whyEmpty(prometheus, query, at, signal);
    const unit = unitOf(query);
    const { common, own } = splitLabels(series.map(({ labels }) => labels));
    const rows = own
      .map((labels, index) => ({ value: series[index]?.points.at(-1)?.[1] ?? Number.NaN, labels }))
      .sort((a, b) => order(b.value) - order(a.value))
      .slice(0, limit);
    const cut = series.length > limit ? ` The ${limit} largest are shown: aggregate, or narrow it.` : '';
    const table = renderTable(
      ['VALUE', 'SERIES'],
      rows.map(({ value, labels }) => [format(value, unit), labels]),
    );
    return {
      text: `${count(series.length, 'series', 'series')}.${cut}`,
      data: [...common, table, ...notes].join('\n'),
    };
  },
});

/** NaN at the end. */
function order(value: number): number {
  return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
}
