import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { installClients } from '../support/clients/install-exec.ts';
import { tempFolder } from '../support/gate-rig.ts';
import { labForTests } from '../support/lab.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { inspector } = await installClients();
const lab = await labForTests();

/** The commands of docs/mcp-inspector.md, word for word, with the cached inspector in the place of npx. */
const COMMANDS = readFileSync(join(root, 'docs', 'mcp-inspector.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('npx @modelcontextprotocol/inspector '))
  .map((line) => [...line.matchAll(/(?:'([^']*)'|(\S+))/g)].map(([, quoted, plain]) => quoted ?? plain ?? '').slice(2));

async function run(args: readonly string[]) {
  const [node = '', ...script] = inspector;
  const home = tempFolder();
  const env = { PATH: join(process.execPath, '..'), HOME: home, KUBECONFIG: lab.kubeconfig, K8S_AGENT_HOME: home };
  const expanded = args.map((arg) => arg.replace(/"\$(\w+)"/, (_, name: keyof typeof env) => env[name]));
  return execa(node, [...script, ...expanded], { cwd: root, env, extendEnv: false, reject: false, stdin: 'ignore' });
}

describe('the mcp-inspector, as docs/mcp-inspector.md says', () => {
  it.each(COMMANDS.map((args) => [args.slice(6, -3).join(' '), args] as const))('%s', async (_, args) => {
    const { stdout, exitCode } = await run(args);
    if (args.includes('tools/list'))
      expect(JSON.parse(stdout).tools.map(({ name }: { name: string }) => name)).toContain('restart_pod');
    else if (args.includes('drain')) expect([exitCode, stdout]).toEqual([5, expect.stringContaining('Refused by')]);
    else expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/\d nodes\.[\s\S]*pi5-b/)]);
  });

  it('are four commands', () => {
    expect(COMMANDS).toHaveLength(4);
  });
});
