import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { serverEnvironment } from '../../daemon/agent/environment.ts';
import { patience, type ServerOptions, serverCommand } from '../../daemon/agent/servers.ts';
import { callTool } from '../../daemon/agent/tool-call.ts';
import type { LabInfo } from '../../lab/index.ts';
import { Approvals } from '../../shared/approvals/approvals.ts';
import { openRuns } from '../../shared/boot/runs.ts';
import { installedWorkflows, workflowIn } from '../../shared/config/workflows.ts';
import { asCall } from '../../shared/drive/proposal.ts';
import { approvalKey } from '../../shared/gate/ask.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import type { JsonObject } from '../../shared/kernel/json.ts';
import { type Paths, pathsIn } from '../../shared/kernel/paths.ts';
import { SqliteApprovalStore } from '../../shared/store/sqlite.ts';
import { finishedEvent } from '../../shared/workflow/outcomes.ts';
import { anApproval } from '../support/builders.ts';
import { readRecords, tempFolder } from '../support/gate-rig.ts';
import { freshNamespace, labForTests } from '../support/lab.ts';
import { readField, readyDeployment, removeNamespaces } from '../support/lab-objects.ts';
import { connect2025 } from '../support/mcp/connect-2025.ts';
import { connect2026 } from '../support/mcp/connect-2026.ts';

const WORKFLOW = `name: call-test
steps:
  - name: propose
    agent: k8s-diagnostician
    task: Propose.
    confirm_if: actions_proposed
`;

const never = new AbortController().signal;
let lab: LabInfo;
let namespace: string;
let paths: Paths;
let options: ServerOptions;

beforeAll(async () => {
  lab = await labForTests();
  namespace = await freshNamespace(lab, 'agent-call');
}, 240_000);
afterAll(() => removeNamespaces(lab, namespace));

beforeEach(async () => {
  paths = pathsIn(join(tempFolder(), '.claude'));
  mkdirSync(paths.workflows, { recursive: true });
  writeFileSync(join(paths.workflows, 'call-test.yaml'), WORKFLOW);
  options = {
    paths,
    node: process.execPath,
    bundle: async (server) => fileURLToPath(new URL(`../../dist/${server}.js`, import.meta.url)),
    env: { PATH: '/usr/bin:/bin', HOME: join(paths.home, '..'), KUBECONFIG: lab.kubeconfig, ANTHROPIC_API_KEY: 'none' },
  };
});

const replicas = (name: string) => readField(lab, namespace, `deployment/${name}`, '{.spec.replicas}');

/** A run in which a person has approved exactly this call. */
async function approved(input: JsonObject): Promise<string> {
  const { runs, close } = openRuns(paths, systemClock, () => {});
  onTestFinished(close);
  const workflow = workflowIn(await installedWorkflows(paths), 'call-test');
  const { run } = await runs.start(workflow, { cause: { kind: 'manual', by: 'anna' } });
  await runs.record(run, (_, at) => ({ type: 'admitted', at }));
  await runs.record(run, (_, at) => ({ type: 'step-started', at, step: 'propose', attempt: 1, deadline: at + 60_000 }));
  const actions = [{ server: 'kubectl', tool: 'scale', input, why: 'more load' }];
  await runs.record(run, (state, at) =>
    finishedEvent(workflow, state, 'propose', { summary: 'More pods are needed.', actions }, at),
  );
  const { command } = await runs.advance(workflow, run);
  if (command.kind !== 'ask-person') throw new Error(`the run wants ${command.kind}`);
  const approval = await executedApproval(run, approvalKey(asCall(command, run), run));
  const { digest } = command.proposal;
  await runs.record(run, (_, at) => ({
    ...{ type: 'proposal-settled', at, step: 'propose', digest, decision: 'approved', by: 'anna', approval },
  }));
  return run;
}

async function executedApproval(run: string, key: string): Promise<string> {
  const store = new SqliteApprovalStore(paths.database);
  onTestFinished(() => store.close());
  const approvals = new Approvals(store, systemClock);
  const now = systemClock.now();
  const { approval } = await approvals.request(anApproval({ run, key, createdAt: now, expiresAt: now + 60_000 }));
  await approvals.settle(approval.id, { decision: 'approve', by: 'anna', via: 'dashboard' });
  const claimed = await approvals.claim(approval.id, 'call-1', 'daemon', 60_000);
  if (claimed === undefined) throw new Error('it could not be claimed');
  await approvals.finish(claimed, 'executed', 'done');
  return approval.id;
}

it('makes an approved call once, exactly so, and asks nobody a second time', async () => {
  const target = await readyDeployment(lab, namespace, 'once');
  const input = { ...target, replicas: 3, why: 'more load' };
  const run = await approved(input);
  const first = await callTool(options, { run, server: 'kubectl', tool: 'scale', input }, never);
  expect(first, first.text).toMatchObject({ isError: false });
  expect(await replicas('once')).toBe('3');
  expect(readRecords(paths.actionLogs).at(-1)).toMatchObject({
    ...{ run, workflow: 'call-test', step: 'propose', session: run, outcome: { status: 'ok' } },
    approval: { type: 'user-confirmed', by: 'anna', via: 'dashboard' },
  });
  // A second time it is a call like any other: it asks, and this caller waits for nobody.
  const again = await callTool(
    options,
    { run, server: 'kubectl', tool: 'scale', input: { ...input, replicas: 4 } },
    never,
  );
  expect(again).toMatchObject({ isError: true, text: expect.stringContaining('Waiting for a person') });
  expect(await replicas('once')).toBe('3');
});

it('says what happened where the server cannot start, or is stopped, and throws nothing', async () => {
  const call = { run: 'run-0000000000', server: 'kubectl', tool: 'get', input: { kind: 'nodes' } };
  const broken = { ...options, bundle: async () => '/nowhere/kubectl.js' };
  expect(await callTool(broken, call, never)).toMatchObject({
    isError: true,
    text: expect.stringContaining('kubectl'),
  });
  expect(await callTool(options, call, AbortSignal.abort())).toMatchObject({ isError: true });
});

it.each([
  ['2025', connect2025],
  ['2026', connect2026],
])('a server of a run asks its client nothing, though the client of %s would say yes at once', async (_, connect) => {
  const target = await readyDeployment(lab, namespace, `silent-${_}`);
  const env = serverEnvironment(options.env, paths, [], {
    ...{ run: 'run-0000000000', agent: 'k8s-diagnostician' },
    ...patience(1),
  });
  const onElicit = vi.fn(() => ({ action: 'accept' as const, content: { decision: 'approve' } }));
  const client = await connect({ ...(await serverCommand(options, 'kubectl')), env, onElicit });
  onTestFinished(() => client.close());
  const said = await client.call('scale', { ...target, replicas: 5, why: 'more load' });
  expect(said).toMatchObject({ isError: true, text: expect.stringContaining('Waiting for a person') });
  expect(onElicit).not.toHaveBeenCalled();
  expect(await replicas(target.name)).not.toBe('5');
});
