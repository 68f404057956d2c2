import { devNull } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { installClients } from '../support/clients/install-exec.ts';
import { inspect } from '../support/mcp/inspector-exec.ts';

const { inspector } = await installClients();
const fixture = join(import.meta.dirname, '..', 'support', 'claude', 'fixture-server.ts');
const server = [process.execPath, fixture, devNull] as const;

it.each([{ era: 'legacy' }, { era: 'modern' }])('lists the tools of a server in the $era protocol', async ({ era }) => {
  const args = ['--protocol-era', era, '--method', 'tools/list'];
  const { exitCode, stdout } = await inspect({ inspector, server, args });
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ tools: [{ name: 'change' }] });
});

it('tells by its exit code that a tool has failed', async () => {
  const args = ['--method', 'tools/call', '--tool-name', 'change', '--tool-args-json', '{"replicas":5}'];
  const { exitCode, stdout } = await inspect({ inspector, server, args });
  expect(exitCode).toBe(5);
  expect(JSON.parse(stdout)).toMatchObject({ isError: true });
});
