import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { writeSeries } from '../../lab/past/remote-write.ts';
import { arrayAt, at, isObject, stringAt } from '../../shared/kernel/json.ts';
import { metricsInReadme } from './metrics.ts';
import { type OwnPrometheus, prometheusWith } from './prometheus-exec.ts';
import { DEPLOY, objectsIn } from './render.ts';

const read = (path: string) => readFileSync(join(DEPLOY, 'dashboard/monitoring', path), 'utf8');
const groups = at(objectsIn(read('alert-rules.yaml'))[0], 'spec', 'groups');
const rules = arrayAt({ groups }, 'groups').flatMap((group) => arrayAt(group, 'rules'));
const panels = arrayAt(JSON.parse(read('k8s-agent.json')), 'panels');

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

let prometheus: OwnPrometheus;
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

const MINUTE = 60_000;
const JOB = { job: 'k8s-agent-dashboard' };

/** Series of the last quarter of an hour, a sample each minute. */
type Story = readonly (readonly [
  name: string,
  labels: Readonly<Record<string, string>>,
  ...values: readonly number[],
])[];
const steady = (value: number) => Array.from({ length: 16 }, () => value);

/** Each story has a stretch of the past of its own. */
let stories = 0;
async function alertsAfter(story: Story): Promise<string[]> {
  const now = Date.now() - 10 * MINUTE - ++stories * 40 * MINUTE;
  const times = Array.from({ length: 16 }, (_, index) => now - (15 - index) * MINUTE);
  const series = story.map(([name, labels, ...values]) => ({
    labels: { __name__: name, ...labels },
    times,
    value: (at: number) => values[times.indexOf(at)] ?? 0,
  }));
  await writeSeries(prometheus, [...series, { labels: { __name__: 'anything' }, times, value: () => 1 }]);
  const found = rules.map(async (rule) => {
    const query = stringAt(rule, 'expr') ?? '';
    const answer = await prometheus.ask('query', { query, time: String(now / 1000) });
    return arrayAt(answer, 'result').length > 0 ? [stringAt(rule, 'alert') ?? ''] : [];
  });
  return (await Promise.all(found)).flat();
}

describe('an alert', () => {
  const up: Story = [['up', { ...JOB, pod: 'a' }, ...steady(1)]];

  it.each<[string, Story, string[]]>([
    ['says that the dashboard is down when it does not answer', [['up', JOB, ...steady(0)]], ['K8sAgentDashboardDown']],
    ['says so when it is not even a target', [], ['K8sAgentDashboardDown']],
    ['is silent while one of two replicas answers', [...up, ['up', { ...JOB, pod: 'b' }, ...steady(0)]], []],
    [
      'is silent about an approval of ten minutes',
      [...up, ['k8s_agent_approvals_oldest_pending_seconds', JOB, ...steady(600)]],
      [],
    ],
    [
      'speaks of one that is older',
      [...up, ['k8s_agent_approvals_oldest_pending_seconds', JOB, ...steady(601)]],
      ['K8sAgentApprovalWaiting'],
    ],
    [
      'is silent about an inbox that was full for five minutes',
      [...up, ['k8s_agent_inbox_oldest_waiting_seconds', JOB, ...steady(300)]],
      [],
    ],
    [
      'speaks of one that is older still',
      [...up, ['k8s_agent_inbox_oldest_waiting_seconds', JOB, ...steady(301)]],
      ['K8sAgentInboxNotConsumed'],
    ],
    [
      'is silent about outcomes that were unknown long ago, and about those that are known',
      [
        ...up,
        ['k8s_agent_actions_total', { ...JOB, tier: 'confirm', outcome: 'unknown' }, ...steady(3)],
        ['k8s_agent_actions_total', { ...JOB, tier: 'confirm', outcome: 'error' }, ...steady(0).map((_, i) => i)],
      ],
      [],
    ],
    [
      'speaks of the first outcome that is unknown',
      [
        ...up,
        [
          'k8s_agent_actions_total',
          { ...JOB, tier: 'confirm', outcome: 'unknown' },
          ...steady(0).with(14, 1).with(15, 1),
        ],
      ],
      ['K8sAgentOutcomeUnknown'],
    ],
  ])('%s', async (_, story, alerts) => {
    expect(await alertsAfter(story)).toEqual(alerts);
  });

  it('is loaded by Prometheus with its texts, and says in them how long it has been', async () => {
    const answer = await prometheus.ask('rules');
    const loaded = arrayAt(answer, 'groups').flatMap((group) => arrayAt(group, 'rules'));
    expect(loaded.map((rule) => at(rule, 'name'))).toEqual(rules.map((rule) => at(rule, 'alert')));
    const now = Date.now();
    await writeSeries(prometheus, [
      { labels: { __name__: 'k8s_agent_inbox_oldest_waiting_seconds', ...JOB }, times: [now], value: () => 3900 },
      { labels: { __name__: 'k8s_agent_approvals_oldest_pending_seconds', ...JOB }, times: [now], value: () => 660 },
    ]);
    await vi.waitFor(async () => {
      const active = arrayAt(await prometheus.ask('alerts'), 'alerts');
      const texts = active.map((alert) => stringAt(alert, 'annotations', 'description'));
      expect(texts).toContainEqual(expect.stringMatching(/^11m 0s and nobody has said/));
      expect(texts).toContainEqual(expect.stringMatching(/has waited for 1h 5m 0s\./));
    }, 15_000);
  });
});
