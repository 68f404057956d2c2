import { z } from 'zod';
import { path } from '../../../shared/http/path.ts';
import { arrayAt } from '../../../shared/kernel/json.ts';
import { count } from '../../../shared/kernel/text.ts';
import { prometheusTool } from '../deps.ts';

export const query = prometheusTool({
  name: 'query',
  summary: 'Evaluate PromQL now.',
  verb: 'query',
  effect: 'read',
  input: z.strictObject({ query: z.string().min(1).max(4000).describe('PromQL.') }),
  target: () => [{}],
  run: async ({ query }, { prometheus }, signal) => {
    const answer = await prometheus.get({ path: path`/api/v1/query`, query: { query }, what: 'query' }, signal);
    const series = arrayAt(answer, 'data', 'result');
    return {
      text: count(series.length, 'series', 'series'),
      data: series.map((one) => JSON.stringify(one)).join('\n'),
    };
  },
});
