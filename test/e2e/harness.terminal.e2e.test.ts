import { expect, it, onTestFinished, vi } from 'vitest';
import { cancel, decide, decline } from '../support/claude/elicitation-dialog.ts';
import { makeFixture } from '../support/claude/fixture.ts';
import { say, use } from '../support/claude/script.ts';
import { openTerminal } from '../support/claude/terminal-exec.ts';
import { installClients } from '../support/clients/install-exec.ts';

const { claude } = await installClients();
const change = use('mcp__fixture__change');
const scripts = {
  ask: [change, say('Turn over.')],
  askThrice: [change, change, change, say('Turn over.')],
  delegate: [
    // The first call waits until the server has started: an agent without a single tool would not be.
    change,
    use('Agent', { description: 'Scale', prompt: '[[script:ask]] Scale it.', subagent_type: 'helper' }),
    say('Waiting for the helper.'),
    say('All done.'),
  ],
};
const FOUR_ROWS =
  /scale deployment\/web in shop\n +replicas 2 -> 5\n +why: more load; risk: none\n +full preview: nowhere\n/;

interface Options {
  script?: keyof typeof scripts;
  extra?: string[];
  env?: Record<string, string>;
}

async function open({ script = 'ask', extra = [], env = {} }: Options = {}) {
  const fixture = await makeFixture(scripts);
  const { at, model, args } = fixture;
  const prompt = `[[script:${script}]] Scale it.`;
  const terminal = await openTerminal({ claude, at, modelUrl: model.url, prompt, args: [...args, ...extra], env });
  onTestFinished(async () => {
    await terminal.stop();
    await fixture.remove();
  });
  const answer = async () => {
    await terminal.waitFor('Turn over.');
    return JSON.parse(model.results('ask')[0]?.text ?? '');
  };
  return { ...fixture, terminal, answer };
}

it('shows all four rows and sends an approval once, under the id of the same call', async () => {
  const { terminal, answer, events, model } = await open();
  expect(await terminal.waitFor('requests your input')).toMatch(FOUR_ROWS);
  await decide(terminal, 'approve');
  expect(await answer()).toEqual({ kind: 'elicit', action: 'accept', content: { decision: 'approve' } });
  const meta = { 'claudecode/toolUseId': model.results('ask')[0]?.toolUseId };
  expect(await events()).toMatchObject([{ meta }, { meta }]);
});

it('sends a rejection with its reason, a decline and a cancel as what they are', async () => {
  const { terminal, model } = await open({ script: 'askThrice' });
  await decide(terminal, 'reject', 'too many');
  await decline(terminal);
  await cancel(terminal);
  await terminal.waitFor('Turn over.');
  expect(model.results('askThrice').map(({ text }) => JSON.parse(text))).toEqual([
    { kind: 'elicit', action: 'accept', content: { decision: 'reject', reason: 'too many' } },
    { kind: 'elicit', action: 'decline' },
    { kind: 'elicit', action: 'cancel' },
  ]);
});

it('asks for a subagent too, even when permissions are skipped', async () => {
  const warned = '{"skipDangerousModePermissionPrompt":true}';
  const extra = ['--dangerously-skip-permissions', '--settings', warned];
  const { terminal, model } = await open({ script: 'delegate', extra });
  await decide(terminal, 'approve');
  await terminal.waitFor('Waiting for the helper.');
  await decide(terminal, 'approve');
  expect(await terminal.waitFor('All done.')).toContain('bypass permissions on');
  expect(model.results('ask')).toMatchObject([{ text: expect.stringContaining('"approve"') }]);
});

// Retried, since the client falls back to the older protocol where a server takes some 2.5 s to answer the first request.
it('keeps asking after its own timeout, and calls the server with a late answer that nobody waits for', {
  retry: 2,
}, async () => {
  const { terminal, events, hooks, model } = await open({ env: { MCP_TOOL_TIMEOUT: '1500' } });
  expect(await terminal.waitFor('Turn over.')).toContain('requests your input');
  expect(model.results('ask')).toMatchObject([{ text: expect.stringContaining('timed out'), isError: true }]);
  expect(await events()).toHaveLength(1);
  await decide(terminal, 'approve');
  await vi.waitFor(async () => expect(await events()).toHaveLength(2), 5_000);
  expect((await events())[1]).toMatchObject({ event: 'call', answers: { approval: { action: 'accept' } } });
  const [, failure] = await hooks();
  const toolUseId = model.results('ask')[0]?.toolUseId;
  expect(failure).toMatchObject({ hook_event_name: 'PostToolUseFailure', tool_use_id: toolUseId });
});

it('tells a server of the older protocol about the timeout, and sends it no late answer', async () => {
  const env = { MCP_TOOL_TIMEOUT: '1500', MCP_PROTOCOL_NEGOTIATION: 'legacy' };
  const { terminal, events } = await open({ env });
  await terminal.waitFor('Turn over.');
  await decide(terminal, 'approve');
  // A second question shows that nothing of the first one is under way any more.
  await terminal.type('[[script:ask]] Once more.');
  await terminal.press('Enter');
  await terminal.waitFor('requests your input');
  const protocol = '2025-11-25';
  expect(await events()).toMatchObject([{ event: 'call', protocol }, { event: 'cancelled' }, { event: 'call' }]);
});
