import { beforeAll, describe, expect, it } from 'vitest';
import type { LabInfo } from '../../lab/index.ts';
import { fail, say, use } from '../support/claude/script.ts';
import { type Clients, installClients } from '../support/clients/install-exec.ts';
import { labForTests } from '../support/lab.ts';
import { agentRig, answer, KEY } from './agent-rig.ts';

let clients: Clients;
let lab: LabInfo;

beforeAll(async () => {
  clients = await installClients();
  lab = await labForTests();
}, 300_000);

const done = answer({ summary: 'Done.' });

it('a model that is overloaded is replaced by the next smaller one', async () => {
  const rig = await agentRig(clients.claude, lab, () => ({
    agent: [({ attempt }) => (attempt < 3 ? fail(529, 'overloaded_error') : done)],
  }));
  expect(await rig.step()).toMatchObject({ kind: 'answered', usage: { model: expect.stringContaining('sonnet') } });
  const models = rig.product.model.requests.map(({ body }) => body.model.replace(/^claude-(\w+).*/, '$1'));
  expect(models).toEqual(['opus', 'opus', 'opus', 'sonnet']);
});

describe('a session that fails says why, in our words, and whether to try again', () => {
  const failing = { CLAUDE_CODE_MAX_RETRIES: '1' };

  it.each([
    [401, 'authentication_error', /credentials \(HTTP 401\).*Trying again does not help/],
    [429, 'rate_limit_error', /rate limit .*\(HTTP 429\).*Trying again later/],
    [500, 'api_error', /service failed \(HTTP 500\).*Trying again later/],
    [529, 'overloaded_error', /overloaded.*\(HTTP 529\).*Trying again later/],
    [400, 'invalid_request_error', /\(HTTP 400\).*Trying again does not help/],
  ])('HTTP %i', async (status, type, reason) => {
    const rig = await agentRig(clients.claude, lab, () => ({ agent: [fail(status, type)] }), { env: failing });
    const outcome = await rig.step({ change: { model: 'haiku' } });
    expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringMatching(reason) });
    expect(JSON.stringify([outcome, rig.logged])).not.toContain(KEY);
  });

  it('a service that cannot be reached', async () => {
    const env = { ...failing, ANTHROPIC_BASE_URL: 'http://127.0.0.1:1' };
    const rig = await agentRig(clients.claude, lab, () => ({ agent: [done] }), { env });
    const outcome = await rig.step({ change: { model: 'haiku' } });
    expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/cannot be reached.*later/) });
  });

  it('too many turns, with what they cost', async () => {
    const look = use('mcp__kubectl__get', { kind: 'nodes' });
    const rig = await agentRig(clients.claude, lab, () => ({ agent: [look, look, look, done] }));
    const outcome = await rig.step({ maxTurns: 2 });
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/as many turns as it may/),
      usage: { inputTokens: expect.any(Number) },
    });
  });

  it('a budget that is spent', async () => {
    const look = use('mcp__kubectl__get', { kind: 'nodes' });
    const rig = await agentRig(clients.claude, lab, () => ({ agent: [look, look, look, done] }));
    const outcome = await rig.step({ budgetUsd: 0.00001 });
    expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/spent as much as it may/) });
  });

  it('an answer that never fits the schema', async () => {
    const wrong = answer({ summary: 1 });
    const rig = await agentRig(clients.claude, lab, () => ({ agent: Array(20).fill(wrong) }));
    expect(await rig.step()).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/did not fit/) });
  });

  it('no answer at all', async () => {
    const rig = await agentRig(clients.claude, lab, () => ({ agent: Array(20).fill(say('I think it is fine.')) }));
    expect(await rig.step()).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/without an answer|did not fit/),
    });
  });
});
