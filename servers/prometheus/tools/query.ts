import { z } from 'zod';
import { count, renderTable } from '../../../shared/kernel/text.ts';
import { METRIC } from '../api.ts';
import { prometheusTool } from '../deps.ts';
import { evaluate, whyEmpty } from '../evaluate.ts';
import { promql, until } from '../params.ts';
import { splitLabels } from '../series.ts';
import { format, unitOf } from '../units.ts';

export const query = prometheusTool({
  name: 'query',
  summary: 'Evaluate PromQL at one time. Says why a result is empty.',
  verb: 'query',
  effect: 'read',
  input: z.strictObject({
    query: promql,
    time: until,
    limit: z.int().min(1).max(200).default(30).describe('Rows, the largest values first.'),
  }),
  target: () => [{ kind: METRIC }],
  run: async ({ query, time, limit }, { prometheus, clock }, signal) => {
    const series = await evaluate(prometheus, query, time === undefined ? clock.now() : Date.parse(time), signal);
    if (series.length === 0) return { text: `No result. ${await whyEmpty(prometheus, query, signal)}` };
    const unit = unitOf(query);
    const values = series.map(({ points }) => points.at(-1)?.[1] ?? Number.NaN);
    const { common, own } = splitLabels(series.map(({ labels }) => labels));
    const rows = own.map((labels, index) => ({ value: values[index] ?? Number.NaN, labels }));
    const sorted = rows.sort((a, b) => order(b.value) - order(a.value)).slice(0, limit);
    const cut = series.length > limit ? ` The ${limit} largest are shown: aggregate, or narrow it.` : '';
    const said = `${count(series.length, 'series', 'series')}${common === '' ? '' : ` of ${common}`}.${cut}`;
    return {
      text: said,
      data: renderTable(
        ['VALUE', 'SERIES'],
        sorted.map(({ value, labels }) => [format(value, unit), labels]),
      ),
    };
  },
});

/** NaN at the end. */
function order(value: number): number {
  return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
}
