import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execaNode } from 'execa';
import { beforeAll, expect, it, vi } from 'vitest';
import type { LabInfo } from '../../lab/index.ts';
import { Approvals } from '../../shared/approvals/approvals.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { SqliteApprovalStore } from '../../shared/store/sqlite.ts';
import { use } from '../support/claude/script.ts';
import { type Clients, installClients } from '../support/clients/install-exec.ts';
import { labForTests } from '../support/lab.ts';
import { type AgentRig, agentRig, answer, KEY } from './agent-rig.ts';

/** Seconds that the person takes; more by hand, to see that a long wait is neither cut nor moved away. */
const THINKS = Number(process.env.K8S_AGENT_TEST_PERSON ?? 4);

let clients: Clients;
let lab: LabInfo;

beforeAll(async () => {
  clients = await installClients();
  lab = await labForTests();
}, 300_000);

/** What a tool of the client would write. */
const TAKEN = join(tmpdir(), 'k8s-agent-taken');

const done = answer({ summary: 'Done.' });
const toolsOf = ({ product }: AgentRig) => product.model.requests[0]?.body.tools.map(({ name }) => name) ?? [];
const resultsOf = ({ product }: AgentRig) => product.model.results('agent');

it('a step is done with the real server, and its calls are recorded as those of agent, run and step', async () => {
  const rig = await agentRig(clients.claude, lab, (namespace) => ({
    agent: [use('mcp__kubectl__get', { kind: 'deploy', namespace }), answer({ summary: 'web runs.' })],
  }));
  const outcome = await rig.step();
  expect(outcome, rig.logged.join('\n')).toMatchObject({
    kind: 'answered',
    answer: { summary: 'web runs.' },
    usage: { model: expect.stringContaining('opus'), turns: expect.any(Number), costUsd: expect.any(Number) },
  });
  expect(rig.product.records()).toMatchObject([
    {
      ...{ server: 'kubectl', tool: 'get', agent: 'k8s-diagnostician', session: rig.run },
      ...{ run: rig.run, workflow: 'agent-test', step: 'look' },
    },
  ]);
  expect(rig.logged).toEqual([]);
});

it('the first request has the tools of the agent and its prompt; the task stands there word for word', async () => {
  const rig = await agentRig(clients.claude, lab, () => ({ agent: [done] }));
  await rig.step({ change: { prompt: '/context [[script:agent]] Look at @/etc/hostname' } });
  const [request] = rig.product.model.requests;
  expect(toolsOf(rig)).toContain('mcp__kubectl__health');
  expect(toolsOf(rig).filter((name) => !name.startsWith('mcp__kubectl__'))).toEqual(['StructuredOutput']);
  expect(JSON.stringify(request?.body.system)).toContain('You are k8s-diagnostician.');
  // The name of a file is no file to be read, and that of a command is not carried out.
  expect(JSON.stringify(request?.body.messages)).toContain('/context [[script:agent]] Look at @/etc/hostname');
  expect(JSON.stringify(request?.body.messages)).not.toContain(readFileSync('/etc/hostname', 'utf8').trim());
});

it('a named action narrows the tools, and a model that asks for more gets nothing, whatever the person’s own settings allow', async () => {
  const rig = await agentRig(clients.claude, lab, (namespace) => ({
    agent: [
      use('Bash', { command: 'echo taken' }),
      use('Write', { file_path: TAKEN, content: 'taken' }),
      use('Read', { file_path: '/etc/passwd' }),
      use('WebFetch', { url: 'http://127.0.0.1:1/', prompt: 'read' }),
      use('Agent', { description: 'x', prompt: 'x', subagent_type: 'general-purpose' }),
      use('Skill', { skill: 'update-config' }),
      use('mcp__workflows__list', {}),
      use('mcp__gitea__list_repos', {}),
      use('mcp__kubectl__describe', { kind: 'deploy', name: 'web', namespace }),
      use('mcp__kubectl__get', { kind: 'deploy', namespace }),
      done,
    ],
  }));
  const { claude, home } = rig.product.at;
  const hook = join(home, 'hooked');
  const command = `touch ${hook}`;
  writeFileSync(
    join(claude, 'settings.json'),
    JSON.stringify({
      ...JSON.parse(readFileSync(join(claude, 'settings.json'), 'utf8')),
      permissions: { allow: ['Bash', 'Write', 'Read', 'WebFetch', 'Agent', 'Skill', 'mcp__gitea', 'mcp__workflows'] },
      hooks: { SessionStart: [{ hooks: [{ type: 'command', command }] }] },
    }),
  );
  writeFileSync(join(claude, 'CLAUDE.md'), 'The person likes blue.');
  expect(await rig.step({ change: { tools: ['kubectl.get', 'gitea.list_repos'] } })).toMatchObject({
    kind: 'answered',
  });
  expect(toolsOf(rig)).toEqual(['StructuredOutput', 'mcp__kubectl__get']);
  const refused = resultsOf(rig).slice(0, 9);
  expect(refused.map(({ isError }) => isError)).toEqual(Array(9).fill(true));
  expect(refused.map(({ text }) => text).join('\n')).not.toMatch(/taken|root:/);
  expect(existsSync(TAKEN)).toBe(false);
  expect(existsSync(hook)).toBe(false);
  expect(JSON.stringify(rig.product.model.requests)).not.toContain('likes blue');
  expect(rig.product.records().map(({ tool }) => tool)).toEqual(['get']);
});

it('no key of the client reaches a server, and the client gets no token of a backend', async () => {
  const rig = await agentRig(
    clients.claude,
    lab,
    (namespace) => ({ agent: [use('mcp__kubectl__scale', scaled(namespace)), done] }),
    { env: { GITEA_TOKEN: 'gitea-token-of-the-test', OTHER_API_KEY: 'another-key' } },
  );
  const over = new AbortController();
  const step = rig.step({ signal: over.signal });
  await pending(rig);
  const servers = processesOf(`K8S_AGENT_RUN=${rig.run}`).map(environmentOf);
  const callers = processesOf(clientOf(rig)).map(environmentOf);
  over.abort();
  await step;
  expect([servers.length, callers.length]).toEqual([1, 1]);
  const [server = {}] = servers;
  expect(server.KUBECONFIG).toBe(lab.kubeconfig);
  expect(server.GITEA_TOKEN).toBe('gitea-token-of-the-test');
  const ofTheClient = Object.entries(server).filter(
    ([name, value]) => /^ANTHROPIC_|_API_KEY$/.test(name) && value !== '',
  );
  expect(ofTheClient).toEqual([]);
  expect(Object.keys(server).filter((name) => /^CLAUDE.*(TOKEN|SOCKET)/.test(name) && server[name] !== '')).toEqual([]);
  expect(JSON.stringify(callers)).not.toMatch(/gitea-token-of-the-test|another-key/);
});

it(
  'a change waits inside of its call until a person answers elsewhere, and then runs once',
  async () => {
    const rig = await agentRig(clients.claude, lab, (namespace) => ({
      agent: [use('mcp__kubectl__scale', scaled(namespace)), done],
    }));
    const step = rig.step();
    const { approvals, id } = await pending(rig);
    await sleep(THINKS * 1000);
    expect(await rig.product.replicas()).toBe('2');
    await approvals.settle(id, { decision: 'approve', by: 'anna', via: 'cli' });
    expect(await step).toMatchObject({ kind: 'answered' });
    expect(resultsOf(rig)).toMatchObject([{ isError: false, text: expect.stringContaining('3') }]);
    expect(await rig.product.replicas()).toBe('3');
    expect(rig.product.records().at(-1)).toMatchObject({
      ...{ tool: 'scale', agent: 'k8s-diagnostician', run: rig.run, outcome: { status: 'ok' } },
      approval: { type: 'user-confirmed', id, by: 'anna', via: 'cli' },
    });
  },
  (THINKS + 120) * 1000,
);

it('a step that is stopped leaves no process behind, and its call changes nothing', async () => {
  const rig = await agentRig(clients.claude, lab, (namespace) => ({
    agent: [use('mcp__kubectl__scale', scaled(namespace)), done],
  }));
  const stop = new AbortController();
  const step = rig.step({ signal: stop.signal });
  const { approvals, id } = await pending(rig);
  const before = [...processesOf(`K8S_AGENT_RUN=${rig.run}`), ...processesOf(clientOf(rig))];
  expect(before.length).toBeGreaterThan(1);
  stop.abort();
  const stoppedAt = performance.now();
  const outcome = await step;
  expect(outcome).toMatchObject({ kind: 'failed', reason: 'The step was stopped from outside.' });
  expect(outcome.usage).toMatchObject({ inputTokens: 1, model: expect.stringContaining('opus') });
  expect(performance.now() - stoppedAt).toBeLessThan(10_000);
  await vi.waitFor(() => expect(before.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]), 5_000);
  await approvals.settle(id, { decision: 'approve', by: 'anna', via: 'cli' });
  expect(await rig.product.replicas()).toBe('2');
});

it('an agent does not outlive its daemon, even one that was killed', async () => {
  const rig = await agentRig(clients.claude, lab, (namespace) => ({
    agent: [use('mcp__kubectl__scale', scaled(namespace)), done],
  }));
  const { paths, env } = rig.options;
  const daemon = execaNode(new URL('./fixture-agent-daemon.ts', import.meta.url), [rig.run, paths.home], {
    ...{ env: { ...env }, extendEnv: false, reject: false },
  });
  await pending(rig);
  const left = [...processesOf(`K8S_AGENT_RUN=${rig.run}`), ...processesOf(clientOf(rig))];
  expect(left).toHaveLength(2);
  daemon.kill('SIGKILL');
  await vi.waitFor(() => expect(left.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]), 20_000);
  expect(rig.product.model.requests).toHaveLength(1);
});

it('waits for a server that starts slowly, so that its tools are in the first request', async () => {
  const rig = await agentRig(clients.claude, lab, () => ({ agent: [done] }));
  const slow = join(rig.product.at.home, 'slow.mjs');
  const real = await rig.options.bundle('kubectl');
  writeFileSync(slow, `await new Promise((r) => setTimeout(r, 8000));\nawait import(${JSON.stringify(real)});\n`);
  expect(await rig.step({ options: { bundle: async () => slow } })).toMatchObject({ kind: 'answered' });
  expect(toolsOf(rig)).toContain('mcp__kubectl__get');
});

it('does not begin without a server that cannot start', async () => {
  const rig = await agentRig(clients.claude, lab, () => ({ agent: [done] }));
  const outcome = await rig.step({ options: { bundle: async () => '/nowhere/kubectl.js' } });
  expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/kubectl did not start.*may help/) });
  expect(rig.product.model.requests).toEqual([]);
});

it('keeps the transcript and nothing else, for this user alone, and without the key', async () => {
  const rig = await agentRig(clients.claude, lab, () => ({ agent: [done] }));
  const { transcript = '', session } = await rig.step();
  expect(transcript).toBe(join(rig.paths.state, 'agents', `${session}.jsonl`));
  expect(statSync(transcript).mode & 0o777).toBe(0o600);
  expect(readFileSync(transcript, 'utf8')).toContain('Look at @/etc/hostname');
  expect(readFileSync(transcript, 'utf8')).not.toContain(KEY);
  expect(globSync(join(rig.paths.state, 'agents', '*'))).toEqual([transcript]);
});

/** The client’s home stands in its environment, and in no server’s. */
const clientOf = ({ paths }: AgentRig) => `HOME=${join(paths.state, 'agents')}/`;

const scaled = (namespace: string) => ({ kind: 'deploy', name: 'web', namespace, replicas: 3, why: 'more load' });

/** Waits for the one approval of the rig’s machine. */
async function pending({ paths }: AgentRig) {
  const store = new SqliteApprovalStore(paths.database);
  const approvals = new Approvals(store, systemClock);
  const id = await vi.waitFor(
    async () => {
      const [approval] = (await approvals.list()).filter(({ state }) => state === 'pending');
      if (approval === undefined) throw new Error('nothing is pending');
      return approval.id;
    },
    { timeout: 60_000, interval: 100 },
  );
  return { approvals, id };
}

/** Processes of this machine whose environment holds this text. */
function processesOf(text: string): readonly string[] {
  return globSync('/proc/[0-9]*').flatMap((path) => {
    const pid = path.slice('/proc/'.length);
    return pid !== String(process.pid) && read(`${path}/environ`).includes(text) ? [pid] : [];
  });
}

function environmentOf(pid: string): Record<string, string> {
  const entries = read(`/proc/${pid}/environ`).split('\0').filter(Boolean);
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
