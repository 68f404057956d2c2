import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeWith } from '../../../servers/kubectl/describe-exec.ts';

/** A folder with a program called kubectl that does what the script says. */
async function withKubectl(script: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-'));
  await writeFile(join(folder, 'kubectl'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'kubectl'), 0o755);
  return folder;
}

const SYSTEM = '/usr/bin:/bin';
const signal = () => AbortSignal.timeout(20_000);
const target = { resource: 'pods', name: 'web-1', namespace: 'shop' };
const config = async () => ({ kubeconfig: '/some/config', context: 'home' });

describe('kubectl describe', () => {
  it('gets every value as one argument, positionals behind --, and only the environment it needs', async () => {
    const folder = await withKubectl('printf "%s\\n" "$@"; env');
    const env = { PATH: `${folder}:${SYSTEM}`, HOME: '/home/me', ANTHROPIC_API_KEY: 'sk-ant-x', GITEA_TOKEN: 'y' };
    const lines = (await describeWith(config, env)(target, signal()))?.split('\n') ?? [];
    expect(lines.slice(0, 7)).toEqual([
      'describe',
      '--kubeconfig=/some/config',
      '--context=home',
      '--namespace=shop',
      '--',
      'pods',
      'web-1',
    ]);
    expect(lines).toContain('HOME=/home/me');
    expect(lines.join('\n')).not.toMatch(/ANTHROPIC|GITEA/);
  });

  it('is undefined where there is no kubectl', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'kubectl-'));
    expect(await describeWith(config, { PATH: empty })(target, signal())).toBeUndefined();
  });

  it('fails in our words, with the masked first line of what kubectl said', async () => {
    const folder = await withKubectl('echo "error: token=abcdefghijkl is wrong" >&2; exit 1');
    const failing = describeWith(config, { PATH: `${folder}:${SYSTEM}` })(target, signal());
    await expect(failing).rejects.toMatchObject({
      code: 'rejected_by_backend',
      message: 'kubectl describe failed: error: token=*** is wrong.',
    });
  });

  it('ends with the call that it is for', async () => {
    const folder = await withKubectl('exec sleep 60');
    const call = new AbortController();
    const running = describeWith(config, { PATH: `${folder}:${SYSTEM}` })(target, call.signal);
    call.abort();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  });
});
