import { z } from 'zod';
import { path } from '../../../shared/http/path.ts';
import { arrayAt, numberAt, stringAt } from '../../../shared/kernel/json.ts';
import { count, oneLine, renderTable } from '../../../shared/kernel/text.ts';
import { RULE } from '../api.ts';
import { prometheusTool } from '../deps.ts';
import { text } from '../params.ts';

const SHOWN = 30;

export const rules = prometheusTool({
  name: 'rules',
  summary: 'List alerting and recording rules with expression, state and errors; broken and firing ones first.',
  verb: 'list',
  effect: 'read',
  input: z.strictObject({
    filter: text(200).optional().describe('Only those whose name or expression contains this.'),
    type: z.enum(['alert', 'record']).optional().describe('Only these.'),
  }),
  target: () => [{ kind: RULE }],
  run: async ({ filter, type }, { prometheus }, signal) => {
    const query = type === undefined ? {} : { type };
    const answer = await prometheus.get({ path: path`/api/v1/rules`, query, what: 'rules' }, signal);
    const all = arrayAt(answer, 'data', 'groups').flatMap((group) => arrayAt(group, 'rules').map(asRule));
    const hits = all
      .filter(
        ({ name, query: expression }) =>
          filter === undefined || `${name} ${expression}`.toLowerCase().includes(filter.toLowerCase()),
      )
      .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
    const broken = all.filter(({ health }) => health === 'err').length;
    const cut = hits.length > SHOWN ? ` The first ${SHOWN} are shown: narrow them by filter.` : '';
    const said = `${count(hits.length, 'rule')} of ${all.length}, ${broken} broken.${cut}`;
    if (hits.length === 0) return { text: said };
    const rows = hits
      .slice(0, SHOWN)
      .map(({ name, state, health, wait, query: expression, error }) => [
        name,
        state,
        health,
        wait,
        oneLine(expression, 240),
        oneLine(error, 200),
      ]);
    return { text: said, data: renderTable(['RULE', 'STATE', 'HEALTH', 'FOR', 'EXPRESSION', 'ERROR'], rows) };
  },
});

function asRule(value: unknown) {
  const alerting = stringAt(value, 'type') === 'alerting';
  return {
    name: stringAt(value, 'name') ?? '',
    state: alerting ? (stringAt(value, 'state') ?? '') : 'recording',
    health: stringAt(value, 'health') ?? 'unknown',
    wait: alerting ? `${numberAt(value, 'duration') ?? 0}s` : '-',
    query: stringAt(value, 'query') ?? '',
    error: stringAt(value, 'lastError') ?? '',
  };
}

function rank({ health, state }: ReturnType<typeof asRule>): number {
  if (health === 'err') return 0;
  return state === 'firing' ? 1 : state === 'pending' ? 2 : 3;
}
