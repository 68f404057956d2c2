import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { writeSeries } from '../../lab/past/remote-write.ts';
import { arrayAt, at, stringAt } from '../../shared/kernel/json.ts';
import { prometheusWith } from './monitoring-exec.ts';
import { groups, rules } from './rules.ts';

let prometheus: Awaited<ReturnType<typeof prometheusWith>>;
beforeAll(async () => {
  prometheus = await prometheusWith(groups);
});
afterAll(() => prometheus.stop());

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
  const budget = (spent: number): Story => [
    ['k8s_agent_daemon_spent_today_usd', JOB, ...steady(spent)],
    ['k8s_agent_daemon_budget_today_usd', JOB, ...steady(10)],
  ];
  const verified = (result: string, ...values: readonly number[]): Story[number] => [
    'k8s_agent_verifications_total',
    { ...JOB, workflow: 'fix', result },
    ...values,
  ];

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
    [
      'is silent about a daemon whose status is five minutes old, that has no problem and nine tenths of its budget spent',
      [
        ...up,
        ['k8s_agent_status_age_seconds', JOB, ...steady(300)],
        ['k8s_agent_daemon_problems', JOB, ...steady(0)],
        ...budget(9),
      ],
      [],
    ],
    [
      'speaks of a status that is older',
      [...up, ['k8s_agent_status_age_seconds', JOB, ...steady(301)]],
      ['K8sAgentStatusStale'],
    ],
    [
      'speaks of what keeps the daemon from working',
      [...up, ['k8s_agent_daemon_problems', JOB, ...steady(1)]],
      ['K8sAgentDaemonProblem'],
    ],
    ['speaks of a budget that is nearly spent', [...up, ...budget(9.1)], ['K8sAgentBudgetNearlySpent']],
    [
      'is silent about changes that have helped, and about one that had not long ago',
      [...up, verified('cleared', ...steady(0).map((_, i) => i)), verified('not-cleared', ...steady(2))],
      [],
    ],
    [
      'speaks of the first change that has not helped',
      [...up, verified('not-cleared', ...steady(0).with(14, 1).with(15, 1))],
      ['K8sAgentChangeDidNotHelp'],
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
