import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { OnElicit, ServerCommand } from '../support/mcp/client.ts';
import { connect2025 } from '../support/mcp/connect-2025.ts';
import { connect2026 } from '../support/mcp/connect-2026.ts';

const server = join(import.meta.dirname, '..', 'support', 'claude', 'fixture-server.ts');
const approve: OnElicit = () => ({ action: 'accept', content: { decision: 'approve' } });

describe.each([
  { connect: connect2025, version: '2025-11-25' },
  { connect: connect2026, version: '2026-07-28' },
])('the client for $version', ({ connect, version }) => {
  async function open(onElicit?: OnElicit) {
    const folder = await mkdtemp(join(tmpdir(), 'mcp-clients-'));
    const log = join(folder, 'server.jsonl');
    const command: ServerCommand = { command: process.execPath, args: [server, log], ...(onElicit && { onElicit }) };
    const client = await connect(command);
    onTestFinished(async () => {
      await client.close();
      await rm(folder, { recursive: true });
    });
    return { client, log: () => readFile(log, 'utf8') };
  }

  it('speaks that version and lists the tools', async () => {
    const { client } = await open();
    expect(client.protocolVersion).toBe(version);
    expect((await client.listTools()).map(({ name }) => name)).toEqual(['change']);
  });

  it('asks a person once, and hands the answer and the metadata to the server', async () => {
    const asked: unknown[] = [];
    const { client, log } = await open((form) => {
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
    expect(await log()).toContain('"test/id":"one"');
  });

  it('lets one call bring its own answer', async () => {
    const { client } = await open(approve);
    const declined = await client.call('change', {}, { onElicit: () => ({ action: 'decline' }) });
    const approved = await client.call('change');
    expect(declined.text).toContain('"decline"');
    expect(approved.text).toContain('"approve"');
  });

  it('declares that it can ask only if it was given somebody to ask', async () => {
    const { client } = await open();
    const answer = await client.call('change').catch(String);
    expect(JSON.stringify(answer)).toMatch(/elicitation/i);
    await expect(client.call('change', {}, { onElicit: approve })).rejects.toThrow('Connect with onElicit');
  });

  it('gives up on a call at its signal or its deadline', async () => {
    const { client } = await open(() => new Promise(() => {}));
    await expect(client.call('change', {}, { timeoutMs: 300 })).rejects.toThrow(/time/i);
    await expect(client.call('change', {}, { signal: AbortSignal.timeout(300) })).rejects.toThrow();
  });

  it('ends the server with the connection', async () => {
    const { client } = await open();
    await client.close();
    await vi.waitFor(() => expect(() => process.kill(client.pid, 0)).toThrow('ESRCH'));
  });
});
