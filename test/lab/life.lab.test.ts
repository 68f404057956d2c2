import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { labDown, labReset, labStatus, labUp } from '../../lab/index.ts';
import { aLab, eventually, silent } from './a-lab.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'lab', 'main.ts');

const lab = aLab();
const components = async () => (await labStatus({ dir: lab.info.dir })).components;
const pids = async () => (await components()).map(({ pid }) => pid);

describe('a lab that is up', () => {
  it('works in every part, and says with which pid and port', async () => {
    expect(await labStatus({ dir: lab.info.dir })).toMatchObject({ up: true, dir: lab.info.dir });
    expect(await components()).toContainEqual({
      name: 'kube-apiserver',
      state: 'healthy',
      pid: expect.any(Number),
      ports: [Number(new URL(lab.info.server).port)],
      memoryMiB: expect.any(Number),
    });
  });

  it('is left as it is by another up', async () => {
    const before = await pids();
    const again = await labUp({ dir: lab.info.dir, report: silent, scope: 'cluster' });
    expect(again).toMatchObject({ server: lab.info.server, kubeconfig: lab.info.kubeconfig });
    expect(await pids()).toEqual(before);
  });

  it('gets back a part that died, and leaves the others alone', async () => {
    const before = await components();
    const scheduler = before.find(({ name }) => name === 'kube-scheduler');
    process.kill(scheduler?.pid ?? 0, 'SIGKILL');
    await eventually(async () => expect(await labStatus({ dir: lab.info.dir })).toMatchObject({ up: false }));
    await labUp({ dir: lab.info.dir, report: silent, scope: 'cluster' });
    const after = await pids();
    expect(before.filter(({ pid }) => !after.includes(pid))).toEqual([scheduler]);
  });

  it('shows its keys and kubeconfigs to their owner only', async () => {
    const { dir, kubeconfig, limitedKubeconfig } = lab.info;
    for (const file of [kubeconfig, limitedKubeconfig, join(dir, 'pki', 'ca.key')]) {
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    }
  });
});

describe('the life of a lab', { timeout: 150_000 }, () => {
  it('ends with nothing left running, and keeps its state', async () => {
    await lab.kubectl('create', 'namespace', 'kept');
    const before = await pids();
    expect(await labDown({ dir: lab.info.dir, report: silent })).toHaveLength(before.length);
    await eventually(async () => expect(before.filter(isAlive)).toEqual([]));
    expect(await labDown({ dir: lab.info.dir, report: silent })).toEqual([]);
  });

  it('goes on as one lab when two runs start it at once, though another program took its port', async () => {
    const taken = createServer().listen(Number(new URL(lab.info.server).port), '127.0.0.1');
    await once(taken, 'listening');
    const up = () => execa(process.execPath, [MAIN, '--dir', lab.info.dir, 'up', '--only', 'cluster']);
    const [one, other] = await Promise.all([up(), up()]);
    taken.close();
    expect(one.stdout).toContain(`export KUBECONFIG=${lab.info.kubeconfig}`);
    expect(other.stdout).toBe(one.stdout);
    const progress = `${one.stderr}\n${other.stderr}`;
    expect(progress).toMatch(/port \d+ of kube-apiserver is taken by another program; it moves to \d+/);
    expect(progress.match(/etcd ready/g)).toHaveLength(1);
    expect(await readFile(lab.info.kubeconfig, 'utf8')).not.toContain(lab.info.server);
    expect(await lab.kubectl('get', 'namespace', 'kept', '-o', 'name')).toBe('namespace/kept');
  });

  it('runs new pods right after a restart, and shows their logs', async () => {
    await lab.kubectl('create', 'deployment', 'web', '-n', 'kept', '--image=registry.example.invalid/web:1.0.0');
    await lab.kubectl('rollout', 'status', 'deployment/web', '-n', 'kept', '--timeout=15s');
    expect(await lab.kubectl('logs', '-n', 'kept', 'deployment/web', '--tail=1')).toContain('ERROR upstream timeout');
  });

  it('begins anew with a reset', async () => {
    await labReset({ dir: lab.info.dir, report: silent, scope: 'cluster' });
    expect(await lab.kubectl('get', 'namespaces', '-o', 'name')).not.toContain('kept');
  });
});

function isAlive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}
