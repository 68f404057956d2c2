import { describe, expect, it } from 'vitest';
import type { RunStore } from '../../shared/workflow/run-store.ts';
import { familiesInReadme, metricsInReadme } from '../deploy/metrics.ts';
import { anApproval } from '../support/builders.ts';
import { ENDED, finished, type MetricsRig, metricsRig, Story, USAGE } from './metrics-rig.ts';

const SECOND = 1_000;

/** Whoever appends: the API, the file beside it, or both by turns. */
const WRITERS: [string, (rig: MetricsRig) => readonly [RunStore, RunStore]][] = [
  ['over the API', ({ api }) => [api, api]],
  ['in the file that the dashboard shares', ({ file }) => [file.runs, file.runs]],
  ['by both', ({ api, file }) => [api, file.runs]],
];

describe.each(WRITERS)('what is appended %s', (_, writers) => {
  it('is counted once, however often somebody looks', async () => {
    const rig = await metricsRig();
    const [one, other] = writers(rig);
    const story = new Story(rig, 'run-1');
    await story.append(one, story.created('alert'));
    expect(await rig.scrape('k8s_agent_runs_started_total')).toEqual({
      'k8s_agent_runs_started_total{workflow="check",cause="alert"}': 0,
    });
    await story.append(other, { type: 'admitted' }, finished('look'));
    await rig.scrape('k8s_agent');
    rig.clock.advance(45 * SECOND);
    await story.append(one, finished('fix'));
    await story.append(other, { type: 'verified', result: 'cleared', detail: '' }, ENDED);
    await Promise.all([rig.scrape(''), rig.scrape(''), rig.scrape('')]);
    expect(await rig.scrape('k8s_agent_run')).toMatchObject({
      'k8s_agent_runs_started_total{workflow="check",cause="alert"}': 1,
      'k8s_agent_run_duration_seconds_bucket{workflow="check",status="succeeded",le="30"}': 0,
      'k8s_agent_run_duration_seconds_bucket{workflow="check",status="succeeded",le="60"}': 1,
      'k8s_agent_run_duration_seconds_sum{workflow="check",status="succeeded"}': 45,
      'k8s_agent_run_duration_seconds_count{workflow="check",status="succeeded"}': 1,
    });
    expect(await rig.scrape('k8s_agent_tokens_total')).toEqual({
      'k8s_agent_tokens_total{workflow="check",model="sonnet",kind="input"}': 200,
      'k8s_agent_tokens_total{workflow="check",model="sonnet",kind="output"}': 40,
      'k8s_agent_tokens_total{workflow="check",model="sonnet",kind="cache_read"}': 6_000,
      'k8s_agent_tokens_total{workflow="check",model="sonnet",kind="cache_write"}': 800,
    });
    expect(await rig.scrape('k8s_agent_cost')).toEqual({
      'k8s_agent_cost_usd_total{workflow="check",model="sonnet"}': 0.5,
    });
    expect(await rig.scrape('k8s_agent_turns')).toEqual({
      'k8s_agent_turns_total{workflow="check",model="sonnet"}': 8,
    });
    expect(await rig.scrape('k8s_agent_verif')).toEqual({
      'k8s_agent_verifications_total{workflow="check",result="cleared"}': 1,
    });
  });
});

it('a step that failed has its cost, and a step left out has none', async () => {
  const rig = await metricsRig();
  const story = new Story(rig, 'run-1');
  await story.append(rig.file.runs, story.created(), { type: 'admitted' });
  await story.append(rig.file.runs, {
    type: 'step-failed',
    step: 'look',
    attempt: 1,
    reason: '',
    changed: 'nothing',
    usage: USAGE,
  });
  await story.append(rig.file.runs, { type: 'skipped', step: 'fix', reason: '' });
  await rig.scrape('');
  expect(await rig.scrape('k8s_agent_steps')).toEqual({
    'k8s_agent_steps_total{workflow="check",outcome="failed"}': 1,
    'k8s_agent_steps_total{workflow="check",outcome="skipped"}': 1,
  });
  expect(Object.values(await rig.scrape('k8s_agent_cost'))).toEqual([0.25]);
});

it('begins anew with the process: of a run that is older, what comes now counts', async () => {
  const rig = await metricsRig();
  const [old, over] = [new Story(rig, 'run-old'), new Story(rig, 'run-over')];
  rig.clock.advance(-60 * SECOND);
  await old.append(rig.file.runs, old.created(), { type: 'admitted' }, finished('look'));
  await over.append(rig.file.runs, over.created(), ENDED);
  rig.clock.advance(90 * SECOND);
  await rig.scrape('');
  await old.append(rig.file.runs, finished('fix'));
  await rig.scrape('');
  expect(Object.values(await rig.scrape('k8s_agent_turns'))).toEqual([4]);
  expect(await rig.scrape('k8s_agent_runs_started')).toEqual({});
  expect(await rig.scrape('k8s_agent_run_duration')).toEqual({});
});

it('misses none of many that begin and end between two looks', async () => {
  const rig = await metricsRig();
  const stories = Array.from({ length: 150 }, (_, i) => new Story(rig, `run-${i}`));
  const [first] = stories;
  await first?.append(rig.file.runs, first.created());
  await rig.scrape('');
  for (const story of stories.slice(1)) {
    rig.clock.advance(10);
    await story.append(rig.file.runs, story.created(), ENDED);
  }
  await first?.append(rig.file.runs, ENDED);
  await rig.scrape('');
  await rig.scrape('');
  const count = 'k8s_agent_run_duration_seconds_count';
  expect(await rig.scrape(count)).toEqual({ [`${count}{workflow="check",status="succeeded"}`]: 150 });
});

it('names a hundred workflows, those that are published among them, and calls the rest other', async () => {
  const rig = await metricsRig();
  const known = { description: '', file: 'a.yaml', triggers: [], inputs: [], steps: [], autoApprove: [] };
  await rig.controlPlane.board.publishWorkflows({ at: 1, by: 'test', workflows: [{ name: 'published', ...known }] });
  await rig.scrape('');
  for (const name of [...Array.from({ length: 120 }, (_, i) => `made-up-${i}"\n`), 'published']) {
    const story = new Story(rig, `run-${name}`, name);
    await story.append(rig.file.runs, story.created());
  }
  await rig.scrape('');
  const started = await rig.scrape('k8s_agent_runs_started_total');
  expect(Object.keys(started)).toHaveLength(101);
  expect(started['k8s_agent_runs_started_total{workflow="other",cause="manual"}']).toBe(21);
  expect(started['k8s_agent_runs_started_total{workflow="published",cause="manual"}']).toBe(1);
});

it('exposes the metrics that deploy/README.md lists, and no others', async () => {
  const { text } = await (await metricsRig()).ask('/metrics', { headers: { host: '10.0.0.7:8080' } });
  const exposed = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => [name, type] as const);
  expect(new Map(exposed)).toEqual(familiesInReadme());
});

it('has the labels that deploy/README.md lists', async () => {
  const rig = await metricsRig();
  const story = new Story(rig, 'run-1');
  await story.append(rig.file.runs, story.created(), { type: 'admitted' }, finished('look'));
  await story.append(rig.file.runs, { type: 'verified', result: 'cleared', detail: '' }, ENDED);
  const settled = { at: rig.clock.now(), by: 'anna', via: 'cli' } as const;
  await rig.file.approvals.open(anApproval({ createdAt: rig.clock.now(), state: 'approved', settled }));
  await rig.ask('/healthz');
  const promised = metricsInReadme();
  const labels = Object.keys(await rig.scrape('k8s_agent')).map((series) => {
    const [name = '', all = ''] = series.split('{');
    return [name, [...all.matchAll(/(\w+)="/g)].map(([, label]) => label).sort()] as const;
  });
  for (const [name, has] of labels) expect(has, name).toEqual([...(promised.get(name) ?? [])].sort());
  const daemons = /^(up|process_\w+|k8s_agent_daemon_\w+|k8s_agent_status_age_seconds)$/;
  const missing = [...promised.keys()].filter((name) => !labels.some(([shown]) => shown === name));
  expect(missing.filter((name) => !daemons.test(name))).toEqual([]);
});

describe('approvals', () => {
  const settle = async (rig: MetricsRig, id: string, via: 'terminal' | 'cli' | 'dashboard', after: number) => {
    const approval = anApproval({ id, key: id, createdAt: rig.clock.now(), expiresAt: rig.clock.now() + 900 * SECOND });
    await rig.file.approvals.open(approval);
    rig.clock.advance(after * SECOND);
    const settled = { at: rig.clock.now(), by: 'anna', via };
    await rig.file.approvals.swap('pending', { ...approval, state: 'approved', settled });
    return { ...approval, settled };
  };

  it('are counted by decision and channel, with the time it took, whoever settles them', async () => {
    const rig = await metricsRig();
    await settle(rig, 'a', 'terminal', 4);
    const used = await settle(rig, 'b', 'terminal', 20);
    await rig.scrape('');
    await rig.file.approvals.swap('approved', { ...used, state: 'expired' });
    await settle(rig, 'c', 'dashboard', 200);
    await rig.scrape('');
    const settled = await rig.scrape('k8s_agent_approvals_settled_total');
    expect(settled['k8s_agent_approvals_settled_total{decision="approved",via="terminal"}']).toBe(2);
    expect(settled['k8s_agent_approvals_settled_total{decision="approved",via="dashboard"}']).toBe(1);
    expect(settled['k8s_agent_approvals_settled_total{decision="expired",via="none"}']).toBe(0);
    expect(await rig.scrape('k8s_agent_approval_decision_seconds')).toMatchObject({
      'k8s_agent_approval_decision_seconds_bucket{decision="approved",via="terminal",le="5"}': 1,
      'k8s_agent_approval_decision_seconds_bucket{decision="approved",via="terminal",le="30"}': 2,
      'k8s_agent_approval_decision_seconds_sum{decision="approved",via="terminal"}': 24,
      'k8s_agent_approval_decision_seconds_count{decision="approved",via="dashboard"}': 1,
    });
  });

  it('that nobody answered have no channel', async () => {
    const rig = await metricsRig();
    const approval = anApproval({ createdAt: rig.clock.now() });
    await rig.file.approvals.open(approval);
    await rig.scrape('');
    await rig.file.approvals.swap('pending', { ...approval, state: 'expired', result: 'nobody answered in time' });
    const settled = await rig.scrape('k8s_agent_approvals_settled_total');
    expect(settled['k8s_agent_approvals_settled_total{decision="expired",via="none"}']).toBe(1);
  });
});

describe('the daemon', () => {
  const part = { at: 0, items: [] };
  const parts = { by: 'd', nodes: part, pods: part, alerts: part, apps: part, trends: [] };

  it('shows how old its newest status is, and what it said of itself', async () => {
    const rig = await metricsRig();
    const at = rig.clock.now();
    const breaker = { workflow: 'check', reason: 'it failed' };
    const daemon = {
      ...{ owner: 'd', startedAt: at, runs: [{ run: 'r', workflow: 'check', since: at }], outboxWaiting: 3 },
      ...{ spentTodayUsd: 1.5, budgetTodayUsd: 25, problems: [{ what: 'no key', remedy: 'set one' }] },
      breakers: [
        { ...breaker, until: at + 1 },
        { ...breaker, until: at + 9_999_999 },
      ],
    };
    await rig.controlPlane.board.publishStatus({ ...parts, at, daemon });
    rig.clock.advance(90 * SECOND);
    expect(await rig.scrape('k8s_agent_status')).toEqual({ k8s_agent_status_age_seconds: 90 });
    expect(await rig.scrape('k8s_agent_daemon')).toEqual({
      ...{ k8s_agent_daemon_runs: 1, k8s_agent_daemon_problems: 1, k8s_agent_daemon_breakers_open: 1 },
      ...{ k8s_agent_daemon_spent_today_usd: 1.5, k8s_agent_daemon_budget_today_usd: 25 },
      k8s_agent_daemon_notifications_waiting: 3,
    });
  });

  it('shows nothing where there is none', async () => {
    const rig = await metricsRig();
    expect(await rig.scrape('k8s_agent_status')).toEqual({});
    await rig.controlPlane.board.publishStatus({ ...parts, at: rig.clock.now() });
    expect(await rig.scrape('k8s_agent_daemon')).toEqual({});
  });
});
