import { appendFileSync, cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cancel, decide } from '../support/claude/elicitation-dialog.ts';
import { runHeadless } from '../support/claude/headless-exec.ts';
import { installProduct, type Product } from '../support/claude/product.ts';
import { type Scripts, say, use } from '../support/claude/script.ts';
import { openTerminal, type Terminal } from '../support/claude/terminal-exec.ts';
import { installClients } from '../support/clients/install-exec.ts';
import { backendsOf, wholeLabForTests } from '../support/lab.ts';

const { claude } = await installClients();
const lab = await wholeLabForTests();
const root = join(import.meta.dirname, '../..');

const env = { KUBECONFIG: lab.kubeconfig, ...backendsOf(lab) };

const delegate = (agent: string, script: string, more = '') =>
  use('Agent', { description: 'Work', prompt: `${more}[[script:${script}]]`, subagent_type: agent });

const WARM = [
  use('mcp__kubectl__health'),
  use('mcp__argocd__list_apps'),
  use('mcp__prometheus__targets', { down: true }),
  use('mcp__workflows__list'),
  say('All servers answer.'),
];

/** The installed product, where each skill's text ends with a mark that the scripted model knows: its own name. */
async function skills(scriptsFor: (namespace: string) => Scripts, before?: (product: Product) => Promise<void>) {
  const product = await installProduct(claude, lab, (namespace) => ({ warm: WARM, ...scriptsFor(namespace) }));
  await before?.(product);
  for (const name of ['cluster-status', 'deploy', 'diagnose', 'rollback', 'workflow'])
    appendFileSync(join(product.at.claude, 'skills', name, 'SKILL.md'), `\n[[script:${name}]]\n`);
  const base = { claude, at: product.at, modelUrl: product.model.url, env };
  return {
    ...product,
    run: (prompt: string) => runHeadless({ ...base, prompt, timeoutMs: 60_000 }),
    open: async (prompt: string) => {
      const screen = await openTerminal({ ...base, prompt });
      onTestFinished(screen.stop);
      return screen;
    },
    /** Waits until a skill has ended with this report, and the conversation that started it has read it. */
    heard: (line: string, report: string) =>
      expect.poll(() => isHeard(product.model, line, report), { timeout: 60_000 }).toBe(true),
    /** What the model was given for a script: instructions, conversation, tools. */
    asked: (script: string) => {
      const body = product.model.requests.find(({ place }) => place?.script === script)?.body;
      const system = JSON.stringify(body?.system ?? '');
      return { model: body?.model, system, text: textOf(body?.messages), tools: body?.tools.map(({ name }) => name) };
    },
  };
}

function textOf(messages: readonly { readonly content: readonly { readonly text?: string | undefined }[] }[] = []) {
  return messages.flatMap(({ content }) => content.map(({ text = '' }) => text)).join('\n');
}

function isHeard({ requests }: Product['model'], line: string, report: string): boolean {
  const parts = requests.flatMap(({ body }) => textOf(body.messages).split('<task-notification>'));
  return parts.some((part) => part.includes(`Agent "${line}" finished`) && part.includes(`<result>${report}</result>`));
}

/** Begins with one call of each server, which waits until it has started: a specialist would go without. */
async function warmUp(open: (prompt: string) => Promise<Terminal>): Promise<Terminal> {
  const screen = await open('[[script:warm]] Begin.');
  await screen.waitFor('All servers answer.', 60_000);
  return screen;
}

async function enter(screen: Terminal, line: string) {
  await screen.type(line);
  await screen.waitFor(line);
  await screen.press('Enter');
}

describe('a skill reaches the model as the orchestrator', () => {
  it.each([
    ['/cluster-status', 'cluster-status', ['# Cluster Status', 'Delegate to prometheus-analyst (haiku):']],
    ['/diagnose web is slow since noon', 'diagnose', ['The user gave: web is slow since noon\n']],
    ['/deploy shop shop:2', 'deploy', ['The user gave: shop shop:2\n']],
    ['/rollback shop 1a2b3c4', 'rollback', ['The user gave: shop 1a2b3c4\n']],
    ['/workflow hello who=me', 'workflow', ['The user gave: hello who=me\n']],
    ['/workflow', 'workflow', ['The user gave: \n', '**Nothing behind the colon**']],
  ])('%s', async (line, skill, parts) => {
    const { run, asked } = await skills(() => ({ [skill]: [say('The report.')] }));
    expect(await run(line)).toMatchObject({ exitCode: 0, stdout: 'The report.' });
    const { model, system, text, tools } = asked(skill);
    expect(model).toMatch(/opus/);
    expect(system).toContain('You are k8s-orchestrator.');
    for (const part of parts) expect(text).toContain(part);
    expect(tools).toContain('Agent');
    for (const own of ['Bash', 'Edit', 'Write', 'mcp__kubectl__scale']) expect(tools).not.toContain(own);
  });
});

describe('a skill as the first line of a session, when servers still start,', () => {
  it('has the tools of runs at once where it is headless, and its report is the output', async () => {
    const { run, model, asked } = await skills(() => ({
      workflow: [use('mcp__workflows__list'), delegate('k8s-diagnostician', 'look'), say('There they are.')],
      look: [say('Seen.')],
    }));
    expect(await run('/workflow')).toMatchObject({ exitCode: 0, stdout: 'There they are.' });
    expect(asked('workflow').tools).toContain('mcp__workflows__start');
    expect(model.results('workflow')).toMatchObject([
      { text: expect.stringContaining('cluster-health-check') },
      { text: expect.stringContaining('Seen.') },
    ]);
  });

  it('has them in the terminal when a first specialist has reported', async () => {
    const { open, model, heard } = await skills(() => ({
      workflow: [
        delegate('k8s-diagnostician', 'look'),
        say('Waiting for the servers.'),
        use('mcp__workflows__list'),
        say('There they are.'),
      ],
      // The call makes its report come later than the orchestrator's pause.
      look: [use('mcp__kubectl__health'), say('Seen.')],
    }));
    await open('/workflow');
    await heard('/workflow', 'There they are.');
    expect(model.results('workflow').at(-1)?.text).toContain('cluster-health-check');
  });
});

it('/cluster-status asks three specialists, and its report reaches the conversation', async () => {
  const report = '| Node | Ready |\n| pi5-a | yes |';
  const { open, model, records, heard } = await skills(() => ({
    'cluster-status': [
      delegate('k8s-diagnostician', 'nodes'),
      delegate('prometheus-analyst', 'alerts'),
      delegate('argocd-operator', 'apps'),
      // The specialists end one by one, or together: what is said last counts.
      ...Array.from({ length: 4 }, () => say(report)),
    ],
    nodes: [use('mcp__kubectl__get', { kind: 'nodes' }), use('mcp__kubectl__health'), say('Three nodes.')],
    alerts: [use('mcp__prometheus__alerts'), say('Some alerts.')],
    apps: [use('mcp__argocd__list_apps', { trouble: true }), say('All apps.')],
  }));
  const screen = await warmUp(open);
  const before = records().length;
  await enter(screen, '/cluster-status');
  await heard('/cluster-status', report);
  const calls = records().slice(before);
  expect(calls.map(({ agent, server, tool }) => `${agent} ${server}.${tool}`).sort()).toEqual([
    'argocd-operator argocd.list_apps',
    'k8s-diagnostician kubectl.get',
    'k8s-diagnostician kubectl.health',
    'prometheus-analyst prometheus.alerts',
  ]);
  expect(calls.every(({ outcome, tier }) => outcome?.status === 'ok' && tier === 'safe')).toBe(true);
  expect(model.results('nodes')[0]?.text).toMatch(/pi5/);
});

it('a specialist of a skill asks in the terminal, and the user’s answer goes on in the same orchestrator', async () => {
  const scale = (namespace: string) =>
    use('mcp__kubectl__scale', { kind: 'deploy', name: 'web', namespace, replicas: 5, why: 'more load is coming' });
  const { open, model, replicas, records, heard } = await skills((namespace) => ({
    diagnose: [
      delegate('k8s-diagnostician', 'scale'),
      say('The specialist looks.'),
      say('Waiting: one approval.'),
      delegate('k8s-diagnostician', 'scale'),
      say('The specialist tries again.'),
      say('It has 5 now.'),
    ],
    scale: [scale(namespace), say('That is what the tool said.')],
    goOn: [
      use('SendMessage', { to: 'diagnose', message: 'Go on.', summary: 'go on' }),
      say('Handed on.'),
      say('Good.'),
    ],
  }));
  const screen = await warmUp(open);
  await enter(screen, '/diagnose web');
  await cancel(screen);
  await heard('/diagnose web', 'Waiting: one approval.');
  expect(model.results('scale')[0]?.text).toContain('Waiting for a person');
  expect(await replicas()).toBe('2');
  await enter(screen, '[[script:goOn]] Try it again.');
  await decide(screen, 'approve');
  await heard('/diagnose web', 'It has 5 now.');
  expect(await replicas()).toBe('5');
  expect(records().filter(({ phase }) => phase === 'intent')).toMatchObject([{ agent: 'k8s-diagnostician' }]);
});

const runIn = (result?: { readonly text: string }) => /Run (\S+) of /.exec(result?.text ?? '')?.[1];
const handedOver = (result?: { readonly text: string }) => /-{10}\n([\s\S]*)\n-{10}/.exec(result?.text ?? '')?.[1];

it('/workflow runs the workflow of a domain, step by step, by the domain’s own agent', async () => {
  const answer = { summary: 'It is the disk.', sources: ['a', 'b', 'c'], agree: true, confidence: 'high' };
  const made = await skills(
    () => ({
      workflow: [
        use('mcp__workflows__list'),
        use('mcp__workflows__show', { workflow: 'research-brief' }),
        use('mcp__workflows__start', {
          workflow: 'research-brief',
          inputs: { question: 'Why?' },
          why: 'the user asks',
        }),
        ({ results }) => delegate('researcher', 'look', handedOver(results[2])),
        // Reported without a pause between: how soon the researcher's end is heard of does not matter then.
        ({ results }) => use('mcp__workflows__report_step', { run: runIn(results[2]), step: 'gather', answer }),
        say('The run is over.'),
        say('The run is over.'),
      ],
      look: [say(JSON.stringify(answer))],
    }),
    async ({ at, cli }) => {
      cpSync(join(root, 'examples', 'research'), join(at.claude, 'domains', 'research'), { recursive: true });
      await cli('install', '--yes');
    },
  );
  const screen = await warmUp(made.open);
  await enter(screen, '/workflow research-brief question=Why?');
  await made.heard('/workflow research-brief question=Why?', 'The run is over.');
  const results = made.model.results('workflow');
  expect(results[0]?.text).toContain('research-brief');
  expect(results[2]?.text).toMatch(/delegate to researcher \(sonnet\)/);
  expect(made.asked('look').system).toContain('You are researcher.');
  expect(made.asked('look').text).toContain('Find out: Why?');
  expect(results.at(-1)?.text).toMatch(/has ended: succeeded[\s\S]*summary: It is the disk\./);
});

it('an agent that nobody has granted a server is refused by it, whatever its file says', async () => {
  const { open, model, records } = await skills(
    (namespace) => ({
      intrude: [delegate('researcher', 'grab'), say('It looks.'), say('It has looked.')],
      grab: [use('mcp__kubectl__get', { kind: 'pods', namespace }), say('Nothing.')],
    }),
    async ({ at }) => {
      const text =
        '---\nname: researcher\ndescription: Looks.\nmodel: sonnet\ntools: mcp__kubectl__*\n---\nYou are researcher.\n';
      writeFileSync(join(at.claude, 'agents', 'researcher.md'), text);
    },
  );
  const screen = await warmUp(open);
  await enter(screen, '[[script:intrude]] Begin.');
  await expect
    .poll(() => model.results('grab'), { timeout: 60_000 })
    .toMatchObject([{ isError: true, text: expect.stringContaining('Refused by agent scope') }]);
  expect(records().at(-1)).toMatchObject({ agent: 'researcher', tier: 'forbidden' });
});
