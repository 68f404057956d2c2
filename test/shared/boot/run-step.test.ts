import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runStepFinder } from '../../../shared/boot/run-step.ts';
import { openDaemonRuns, openRuns } from '../../../shared/boot/runs.ts';
import { Sessions } from '../../../shared/boot/sessions.ts';
import { parseConfig } from '../../../shared/config/parse.ts';
import { installedWorkflows } from '../../../shared/config/workflows.ts';
import { openSqlite } from '../../../shared/control-plane/sqlite/open.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { digest } from '../../../shared/kernel/digest.ts';
import { pathsIn } from '../../../shared/kernel/paths.ts';
import type { Runs } from '../../../shared/workflow/runs.ts';
import { aCall, aCaller } from '../../support/builders.ts';
import { tempFolder } from '../../support/gate-rig.ts';
import { replica } from '../../support/replica.ts';
import { BY_HAND } from '../../support/run-rig.ts';

const FILE = `name: check
autonomy: { auto_approve: [scale] }
steps:
  - { name: look, agent: k8s-diagnostician, task: Look. }
`;
const ACT = `name: act
steps:
  - { name: look, agent: k8s-diagnostician, task: Look., confirm_if: actions_proposed }
`;
const AGENT = { agent: 'k8s-diagnostician' };

/** A machine with a dashboard elsewhere, on which a workflow is installed. */
async function machine() {
  const plane = openSqlite(join(tempFolder(), 'dashboard.db'), systemClock);
  onTestFinished(() => plane.close());
  const dashboard = await replica(plane, systemClock, 'daemon');
  const paths = pathsIn(join(tempFolder(), '.claude'));
  mkdirSync(paths.workflows, { recursive: true });
  writeFileSync(join(paths.workflows, 'check.yaml'), FILE);
  const token = join(tempFolder(), 'token');
  writeFileSync(token, dashboard.token);
  const config = parseConfig(`dashboard: {url: '${dashboard.url}', token_file: ${token}}`, 'k8s-agent.yaml');
  const logged: string[] = [];
  const log = (message: string) => void logged.push(message);
  const place = { config, paths, env: {}, clock: systemClock };
  const finder = (env: Record<string, string>) => runStepFinder({ ...place, config: async () => config, env, log });
  return { plane, dashboard, paths, place, finder, log };
}

/** What a person has approved, as it stands in a run. */
function anAction(replicas: number) {
  const [server, tool, input] = ['kubectl', 'scale', { replicas }] as const;
  return { server, tool, input, why: 'load', digest: digest([server, tool, input]) };
}

/** A run whose only step has begun. */
async function begin(runs: Runs, paths: ReturnType<typeof pathsIn>, name = 'check'): Promise<string> {
  const workflow = (await installedWorkflows(paths)).workflows.get(name);
  if (workflow === undefined) throw new Error('it is not installed');
  const { run } = await runs.start(workflow, { cause: BY_HAND });
  await runs.advance(workflow, run);
  const deadline = systemClock.now() + 60_000;
  await runs.record(run, (_, at) => ({ type: 'step-started', at, step: 'look', attempt: 1, deadline }));
  return run;
}

describe('a server that was started for a run', () => {
  it('finds it at the dashboard, where daemons keep theirs', async () => {
    const { plane, paths, place, finder, log } = await machine();
    const run = await begin(await openDaemonRuns(place, log), paths);
    expect(await plane.runs.read(run)).toHaveLength(3);
    const found = await finder({ K8S_AGENT_RUN: run })(aCall(), aCaller(AGENT));
    expect(found).toMatchObject({ id: run, workflow: 'check', step: 'look' });
    expect(readdirSync(paths.workflowLogs).join()).toContain(run);
  });

  it('knows since when it is the turn of an approved action: the yes, or the end of the action before', async () => {
    const { paths, place, finder, log } = await machine();
    writeFileSync(join(paths.workflows, 'act.yaml'), ACT);
    const runs = await openDaemonRuns(place, log);
    const [first, second] = [anAction(1), anAction(2)];
    const run = await begin(runs, paths, 'act');
    const proposal = { digest: 'd', actions: [first, second] };
    const finished = { type: 'step-finished', step: 'look', attempt: 1, answer: {}, proposal } as const;
    await runs.record(run, (_, at) => ({ ...finished, at }));
    const yes = { type: 'proposal-settled', step: 'look', digest: 'd', decision: 'approved', by: 'ada' } as const;
    await runs.record(run, () => ({ ...yes, at: 1_000, approval: 'ap-1' }));
    const find = async ({ server, tool, input }: ReturnType<typeof anAction>) =>
      (await finder({ K8S_AGENT_RUN: run })(aCall({ server, tool, input }), aCaller()))?.approved;
    expect(await find(first)).toMatchObject({ approval: 'ap-1', since: 1_000 });
    expect(await find(second)).toBeUndefined();
    await runs.record(run, () => ({ type: 'action-started', at: 2_000, step: 'look', index: 0 }));
    const done = { type: 'action-finished', step: 'look', index: 0, status: 'ok', message: 'done' } as const;
    await runs.record(run, () => ({ ...done, at: 3_000 }));
    expect(await find(second)).toMatchObject({ approval: 'ap-1', since: 3_000 });
  });

  it('belongs to no other run, and to none of this machine’s file', async () => {
    const { paths, finder, log } = await machine();
    const { runs, close } = openRuns(paths, systemClock, log);
    onTestFinished(close);
    const run = await begin(runs, paths);
    expect(await finder({ K8S_AGENT_RUN: run })(aCall(), aCaller(AGENT))).toBeUndefined();
  });

  it('lets no call through while it cannot tell', async () => {
    const { dashboard, finder } = await machine();
    await dashboard.stop();
    const finding = finder({ K8S_AGENT_RUN: 'run-1' })(aCall(), aCaller(AGENT));
    await expect(finding).rejects.toMatchObject({ code: 'unreachable' });
  });
});

describe('a server of a chat', () => {
  it('finds the run of its session in this machine’s file, and asks no dashboard', async () => {
    const { dashboard, paths, finder, log } = await machine();
    await dashboard.stop();
    const { runs, close } = openRuns(paths, systemClock, log);
    onTestFinished(close);
    const run = await begin(runs, paths);
    new Sessions(paths.sessions).bind('chat-1', run);
    expect(await finder({})(aCall(), aCaller({ ...AGENT, session: 'chat-1' }))).toMatchObject({
      id: run,
      step: 'look',
    });
    expect(await finder({})(aCall(), aCaller({ ...AGENT, session: 'chat-2' }))).toBeUndefined();
  });
});
