import { expect, it, onTestFinished } from 'vitest';
import { makeFixture } from '../support/claude/fixture.ts';
import { runHeadless } from '../support/claude/headless-exec.ts';
import { fail, type Scripts, say, use } from '../support/claude/script.ts';
import { installClients } from '../support/clients/install-exec.ts';

const { claude } = await installClients();
const ask = [use('mcp__fixture__change', { replicas: 5 }), say('Done.')];

async function run(scripts: Scripts, prompt: string) {
  const fixture = await makeFixture(scripts);
  onTestFinished(fixture.remove);
  const { at, args, model } = fixture;
  return { fixture, result: await runHeadless({ claude, at, args, modelUrl: model.url, prompt }) };
}

it('cancels an elicitation at once where nobody can be asked', async () => {
  const { fixture, result } = await run({ ask }, '[[script:ask]] Scale it.');
  expect(result).toEqual({ stdout: 'Done.', stderr: '', exitCode: 0 });
  expect(fixture.model.results('ask')).toMatchObject([{ text: '{"kind":"elicit","action":"cancel"}', isError: false }]);
  const [first, retried] = await fixture.events();
  expect(Number(retried?.at) - Number(first?.at)).toBeLessThan(2_000);
});

it('shows the model the tools of the server, and the server the id of the call', async () => {
  const { fixture } = await run({ ask }, '[[script:ask]] Scale it.');
  const [request] = fixture.model.requests;
  expect(request?.body.tools.map(({ name }) => name)).toContain('mcp__fixture__change');
  const [result] = fixture.model.results('ask');
  const meta = { 'claudecode/toolUseId': result?.toolUseId };
  const client = { name: 'claude-code', version: '2.1.330' };
  expect(await fixture.events()).toMatchObject([
    { client, meta },
    { client, meta, answers: { approval: { action: 'cancel' } } },
  ]);
});

// Retried, since the client falls back to the older protocol where a server takes some 2.5 s to answer the first request.
it('speaks the stateless protocol, where an answer is a request of its own', { retry: 2 }, async () => {
  const { fixture } = await run({ ask }, '[[script:ask]] Scale it.');
  const protocol = '2026-07-28';
  expect(await fixture.events()).toMatchObject([
    { protocol, id: 1 },
    { protocol, id: 2 },
  ]);
});

it('tells a hook which subagent calls, under the id that the server sees', async () => {
  const delegate = use('Agent', { description: 'Scale', prompt: '[[script:ask]] Scale it.', subagent_type: 'helper' });
  const { fixture } = await run(
    { delegate: [delegate, say('Waiting.'), say('All done.')], ask },
    '[[script:delegate]]',
  );
  const [call] = await fixture.events();
  const seen = (await fixture.hooks()).filter(({ hook_event_name }) => hook_event_name === 'PreToolUse');
  expect(seen).toMatchObject([
    { tool_name: 'Agent', tool_input: { subagent_type: 'helper' } },
    {
      tool_name: 'mcp__fixture__change',
      tool_input: { replicas: 5 },
      tool_use_id: fixture.model.results('ask')[0]?.toolUseId,
      agent_type: 'helper',
      agent_id: expect.any(String),
      mcp_server: { name: 'fixture' },
    },
  ]);
  expect(seen[0]).not.toHaveProperty('agent_type');
  expect(call?.meta).toMatchObject({ 'claudecode/toolUseId': seen[1]?.tool_use_id });
});

it('sends a failed request again, and reads a script that depends on it', async () => {
  const flaky = [({ attempt }: { attempt: number }) => (attempt === 0 ? fail(529, 'overloaded_error') : say('Here.'))];
  const { fixture, result } = await run({ flaky }, '[[script:flaky]]');
  expect(result.stdout).toBe('Here.');
  expect(fixture.model.requests).toHaveLength(2);
});

it('says so when a script is too short', async () => {
  const { result } = await run({ short: [] }, '[[script:short]]');
  expect(result.stdout).toBe('Script "short" has no step 0.');
});
