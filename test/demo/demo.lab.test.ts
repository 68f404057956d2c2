import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { pathsIn } from '../../shared/kernel/paths.ts';
import { readRecords, tempFolder } from '../support/gate-rig.ts';
import { labForTests, testLabDir } from '../support/lab.ts';

const MAIN = fileURLToPath(new URL('../../demo/main.ts', import.meta.url));

async function demo(args: readonly string[], env: Record<string, string> = {}) {
  await labForTests();
  const home = tempFolder();
  const { PATH = '', HOME = '' } = process.env;
  const options = {
    env: { PATH, HOME, K8S_AGENT_LAB_DIR: testLabDir(), ...env },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
  } as const;
  const { stdout, exitCode, stderr } = await execa(process.execPath, [MAIN, '--home', home, ...args], options);
  return { stdout, exitCode, stderr, records: readRecords(pathsIn(home).actionLogs) };
}

describe('the demo', () => {
  it('tells the whole story when a script says yes, and says loudly that nobody has looked', async () => {
    const { stdout, exitCode, records, stderr } = await demo(['--yes']);
    expect(exitCode, stderr).toBe(0);
    for (const part of [
      'CrashLoopBackOff',
      'FATAL',
      'is being ended',
      'APPROVED BY THE SCRIPT',
      'scaled from 2 to 0',
      'Refused by "drain"',
      'claude --mcp-config',
    ]) {
      expect(stdout).toContain(part);
    }
    expect(records.map(({ tool, outcome, phase }) => [tool, outcome?.status ?? phase].join(' '))).toEqual([
      'health ok',
      'logs ok',
      'get ok',
      'restart_pod intent',
      'restart_pod ok',
      'scale intent',
      'scale ok',
      'drain refused',
      'health ok',
    ]);
  });

  it('scales nothing where nobody can say yes', async () => {
    const { stdout, records } = await demo([]);
    expect(stdout).toContain('Nobody is at this terminal');
    expect(stdout).toMatch(/Waiting for a person: scale Deployment\/crasher in demo/);
    expect(records.filter(({ tool, phase }) => tool === 'scale' && phase === 'intent')).toEqual([]);
  });

  it('only reads somebody’s own cluster, and says so', async () => {
    const { kubeconfig } = await labForTests();
    const { stdout, exitCode, records } = await demo(['--yes'], { KUBECONFIG: kubeconfig });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('only reads');
    expect(records.map(({ tool }) => tool)).toEqual(['health']);
  });
});
