import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arrayAt, isObject, stringAt } from '../../shared/kernel/json.ts';
import { metricsInReadme } from './metrics.ts';
import { prometheusWith } from './monitoring-exec.ts';
import { groups, MONITORING, rules } from './rules.ts';

const panels = arrayAt(JSON.parse(readFileSync(join(MONITORING, 'k8s-agent.json'), 'utf8')), 'panels');

/** What Grafana puts in for its own variables. */
const asSent = (query: string) => query.replaceAll(/\$__(rate_interval|range)/g, '5m');

const queries: [string, string][] = [
  ...rules.map((rule): [string, string] => [`alert ${stringAt(rule, 'alert')}`, stringAt(rule, 'expr') ?? '']),
  ...panels.flatMap((panel) =>
    arrayAt(panel, 'targets').map((target): [string, string] => [
      `panel ${stringAt(panel, 'title')} ${stringAt(target, 'refId')}`,
      asSent(stringAt(target, 'expr') ?? ''),
    ]),
  ),
];

let prometheus: Awaited<ReturnType<typeof prometheusWith>>;
beforeAll(async () => {
  prometheus = await prometheusWith(groups);
});
afterAll(() => prometheus.stop());

/** Everything of a kind in a parsed query. */
function nodesOf(tree: unknown, type: string): Record<string, unknown>[] {
  if (Array.isArray(tree)) return tree.flatMap((one) => nodesOf(one, type));
  if (!isObject(tree)) return [];
  return [...(tree.type === type ? [tree] : []), ...Object.values(tree).flatMap((one) => nodesOf(one, type))];
}

describe('the queries of alert rules and panels', () => {
  const known = metricsInReadme();

  it.each(queries)('%s reads what deploy/README.md lists, by the labels that are listed there', async (_, query) => {
    const tree = await prometheus.ask('parse_query', { query });
    const selectors = [...nodesOf(tree, 'vectorSelector'), ...nodesOf(tree, 'matrixSelector')];
    expect(selectors.length).toBeGreaterThan(0);
    const labels = new Set<string>();
    for (const selector of selectors) {
      const metric = known.get(String(selector.name));
      expect(metric, `${selector.name} is not listed`).toBeDefined();
      for (const label of metric ?? []) labels.add(label);
      const asked = arrayAt(selector, 'matchers').map((matcher) => stringAt(matcher, 'name'));
      expect(asked.filter((name) => name !== '__name__' && name !== 'job' && !metric?.includes(name ?? ''))).toEqual(
        [],
      );
    }
    const grouping = nodesOf(tree, 'aggregation').flatMap((one) => arrayAt(one, 'grouping'));
    expect(grouping.filter((label) => !labels.has(String(label)))).toEqual([]);
  });
});
