import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readLines } from '../support/claude/fixture.ts';
import type { FormAnswer, McpClient, OnElicit, ServerCommand } from '../support/mcp/client.ts';
import { connect2025 } from '../support/mcp/connect-2025.ts';
import { connect2026 } from '../support/mcp/connect-2026.ts';

const server = join(import.meta.dirname, '..', 'support', 'claude', 'fixture-server.ts');
const approve: OnElicit = () => ({ action: 'accept', content: { decision: 'approve' } });

async function open(connect: (server: ServerCommand) => Promise<McpClient>, onElicit?: OnElicit) {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-clients-'));
  const log = join(folder, 'server.jsonl');
  const client = await connect({ command: process.execPath, args: [server, log], ...(onElicit && { onElicit }) });
  onTestFinished(async () => {
    await client.close();
    await rm(folder, { recursive: true });
  });
  return { client, events: () => readLines(log) };
}

describe.each([
  { connect: connect2025, version: '2025-11-25' },
  { connect: connect2026, version: '2026-07-28' },
])('the client for $version', ({ connect, version }) => {
  it('speaks that version and lists the tools', async () => {
    const { client } = await open(connect);
    expect(client.protocolVersion).toBe(version);
    expect((await client.listTools()).map(({ name }) => name)).toEqual(['change']);
  });

  it('asks a person once, and hands the answer and the metadata to the server', async () => {
    const asked: unknown[] = [];
    const { client, events } = await open(connect, (form) => {
      asked.push(form);
      return { action: 'accept', content: { decision: 'reject', reason: 'too many' } };
    });
    const answer = await client.call('change', {}, { meta: { 'test/id': 'one' } });
    expect(JSON.parse(answer.text)).toEqual({
      kind: 'elicit',
      action: 'accept',
      content: { decision: 'reject', reason: 'too many' },
    });
    expect(answer.isError).toBe(false);
    expect(asked).toMatchObject([{ message: expect.stringContaining('replicas 2 -> 5'), requestedSchema: {} }]);
    expect(await events()).toMatchObject([{ meta: { 'test/id': 'one' } }, { meta: { 'test/id': 'one' } }]);
  });

  it('lets one call bring its own answer', async () => {
    const { client } = await open(connect, approve);
    const declined = await client.call('change', {}, { onElicit: () => ({ action: 'decline' }) });
    const approved = await client.call('change');
    expect(declined.text).toContain('"decline"');
    expect(approved.text).toContain('"approve"');
  });

  it('declares that it can ask only if it was given somebody to ask', async () => {
    const { client } = await open(connect);
    const answer = await client.call('change').catch(String);
    expect(JSON.stringify(answer)).toMatch(/elicitation/i);
    await expect(client.call('change', {}, { onElicit: approve })).rejects.toThrow('Connect with onElicit');
  });

  it('gives up on a call at its signal or its deadline', async () => {
    const { client } = await open(connect, () => new Promise(() => {}));
    await expect(client.call('change', {}, { timeoutMs: 300 })).rejects.toThrow(/time/i);
    await expect(client.call('change', {}, { signal: AbortSignal.timeout(300) })).rejects.toThrow();
  });

  it('ends the server with the connection', async () => {
    const { client } = await open(connect);
    await client.close();
    await vi.waitFor(() => expect(() => process.kill(client.pid, 0)).toThrow('ESRCH'));
  });
});

it.each([
  { connect: connect2025, version: '2025-11-25', calls: 1 },
  { connect: connect2026, version: '2026-07-28', calls: 2 },
])('brings an answer after the deadline to the server in $version: $calls calls', async ({ connect, calls }) => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<FormAnswer>();
  const { client, events } = await open(connect, () => answered);
  await expect(client.call('change', {}, { timeoutMs: 500 })).rejects.toThrow(/time/i);
  answer({ action: 'accept', content: { decision: 'approve' } });
  // The list comes back after whatever the late answer has set off.
  await client.listTools();
  await client.listTools();
  expect((await events()).filter(({ event }) => event === 'call')).toHaveLength(calls);
});
