import { describe, expect, it } from 'vitest';
import { cancel, decide, decline } from '../support/claude/elicitation-dialog.ts';
import { installProduct } from '../support/claude/product.ts';
import { type Scripts, say, use } from '../support/claude/script.ts';
import { installClients } from '../support/clients/install-exec.ts';
import { labForTests } from '../support/lab.ts';

const { claude } = await installClients();
const lab = await labForTests();

const OVER = 'Turn over.';
const SKIP = ['--dangerously-skip-permissions', '--settings', '{"skipDangerousModePermissionPrompt":true}'];

function scripts(namespace: string): Scripts {
  const read = use('mcp__kubectl__get', { kind: 'deploy', namespace });
  const scale = use('mcp__kubectl__scale', {
    kind: 'deploy',
    name: 'web',
    namespace,
    replicas: 5,
    why: 'more load is coming',
  });
  const drain = use('mcp__kubectl__drain', { name: 'pi5-b', why: 'it looks busy' });
  const delegate = (script: string) =>
    use('Agent', { description: 'Work', prompt: `[[script:${script}]] Do it.`, subagent_type: 'k8s-diagnostician' });
  return {
    read: [read, say(OVER)],
    scale: [scale, say(OVER)],
    drain: [drain, say(OVER)],
    shell: [
      use('Bash', { command: 'echo ok && sudo /usr/bin/kubectl delete ns shop', description: 'Clean up' }),
      say(OVER),
    ],
    approveItself: [use('Bash', { command: 'npx k8s-agent approve ap-0000000000', description: 'Approve' }), say(OVER)],
    orchestrate: [read, delegate('read'), say('Waiting.'), say('All done.')],
    // The first call waits until the server has started: an agent without a single tool would not be.
    orchestrateScale: [read, delegate('scale'), say('Waiting.'), say('All done.')],
  };
}

const product = () => installProduct(claude, lab, scripts);

describe('in the terminal', () => {
  it('a read runs at once, without a question', async () => {
    const { terminal, model, records, namespace } = await product();
    await (await terminal('read')).waitFor(OVER);
    expect(model.results('read')).toMatchObject([
      { isError: false, text: expect.stringMatching(/1 deployment in [\s\S]*web +2\/2/) },
    ]);
    expect(records()).toMatchObject([
      { tool: 'get', tier: 'safe', agent: 'main', action: [{ verb: 'list', namespace }] },
    ]);
  });

  it('a change shows its four lines, and runs once after "approve"', async () => {
    const { terminal, model, records, replicas, namespace } = await product();
    const screen = await terminal('scale');
    const dialog = await screen.waitFor('requests your input');
    for (const row of [
      `scale Deployment/web in ${namespace}`,
      'replicas 2 → 5',
      'why: more load is coming',
      'whole preview: k8s-agent approvals show ap-',
    ]) {
      expect(dialog).toContain(row);
    }
    expect(await replicas()).toBe('2');
    await decide(screen, 'approve');
    await screen.waitFor(OVER);
    expect(await replicas()).toBe('5');
    expect(model.results('scale')).toMatchObject([{ isError: false, text: expect.stringContaining('from 2 to 5') }]);
    const approval = { type: 'user-confirmed', via: 'terminal' };
    expect(records()).toMatchObject([
      { phase: 'intent', approval },
      { phase: 'outcome', approval, outcome: { status: 'ok' } },
    ]);
  });

  it.each([
    [
      'a reject',
      (screen: Parameters<typeof decline>[0]) => decide(screen, 'reject', 'not tonight'),
      'Their reason: not tonight',
    ],
    ['a decline', decline, 'A person rejected this'],
    ['a cancel', cancel, 'Waiting for a person'],
  ])('a change does not run after %s', async (_, answer, text) => {
    const { terminal, model, replicas } = await product();
    const screen = await terminal('scale');
    await answer(screen);
    await screen.waitFor(OVER);
    expect(model.results('scale')[0]?.text).toContain(text);
    expect(await replicas()).toBe('2');
  });

  it('a change does not run when the yes comes after the client’s own timeout', async () => {
    const { terminal, records, replicas } = await product();
    const screen = await terminal('scale', { env: { MCP_TOOL_TIMEOUT: '4000' } });
    await screen.waitFor('requests your input');
    await screen.waitFor(OVER);
    await decide(screen, 'approve');
    await expect
      .poll(() => records().map(({ outcome }) => outcome?.message), { timeout: 10_000 })
      .toContainEqual(expect.stringContaining('too late'));
    expect(records().filter(({ phase }) => phase === 'intent')).toEqual([]);
    expect(await replicas()).toBe('2');
  });

  it('a forbidden call is refused with the reason, and nobody is asked', async () => {
    const { terminal, model } = await product();
    const screen = await (await terminal('drain')).waitFor(OVER);
    expect(screen).not.toContain('requests your input');
    expect(model.results('drain')).toMatchObject([
      {
        isError: true,
        text: expect.stringMatching(/^Refused by "drain" \(autonomy.forbidden_actions\): A person can do it/),
      },
    ]);
  });

  it('skipping permissions skips no approval', async () => {
    const { terminal, replicas } = await product();
    const screen = await terminal('scale', { args: SKIP });
    await screen.waitFor('requests your input');
    expect(await replicas()).toBe('2');
    await decide(screen, 'reject');
    await screen.waitFor(OVER);
    expect(await replicas()).toBe('2');
  });

  it('asks for a subagent’s change, too', async () => {
    const { terminal, replicas, records } = await product();
    const screen = await terminal('orchestrateScale', { args: ['--agent', 'k8s-orchestrator'] });
    await decide(screen, 'approve');
    await screen.waitFor('All done.');
    expect(await replicas()).toBe('5');
    expect(records().slice(1)).toMatchObject([
      { phase: 'intent', agent: 'k8s-diagnostician' },
      { phase: 'outcome', agent: 'k8s-diagnostician' },
    ]);
  });
});

describe('headless', () => {
  it.each([
    ['by default', []],
    ['with permissions skipped', ['--dangerously-skip-permissions']],
  ])('a change stays pending and changes nothing, %s', async (_, args) => {
    const { headless, model, replicas, cli } = await product();
    expect(await headless('scale', { args })).toMatchObject({ stdout: OVER });
    const text = model.results('scale')[0]?.text ?? '';
    expect(text).toContain('Waiting for a person');
    expect(await replicas()).toBe('2');
    expect(await cli('approvals', 'list')).toContain(/ap-\w{10}/.exec(text)?.[0] ?? 'no id');
  });

  it('a forbidden call stays forbidden when permissions are skipped', async () => {
    const { headless, model } = await product();
    await headless('drain', { args: ['--dangerously-skip-permissions'] });
    expect(model.results('drain')).toMatchObject([
      { isError: true, text: expect.stringContaining('Refused by "drain"') },
    ]);
  });

  it('a subagent’s call is logged under its name', async () => {
    const { headless, records } = await product();
    const { stdout } = await headless('orchestrate', { args: ['--agent', 'k8s-orchestrator'] });
    expect(stdout).toContain('All done.');
    expect(records()).toMatchObject([
      { tool: 'get', agent: 'k8s-orchestrator' },
      { tool: 'get', agent: 'k8s-diagnostician', session: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    ]);
  });

  it('the guard hook refuses a way round the servers, even when permissions are skipped', async () => {
    const { headless, model } = await product();
    for (const script of ['shell', 'approveItself']) {
      await headless(script, { args: ['--dangerously-skip-permissions'] });
      expect(model.results(script)).toMatchObject([
        { isError: true, text: expect.stringMatching(/^PreToolUse:Bash hook error: .*(kubectl|Only a person)/) },
      ]);
    }
  });

  it('the installed system finds itself in order', async () => {
    const { cli } = await product();
    await expect(cli('audit', 'verify')).resolves.toMatch(/0 records|no findings|whole/i);
  });
});
