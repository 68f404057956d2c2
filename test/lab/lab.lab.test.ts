import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { breakWorkload, type FaultName, healWorkload } from '../../lab/faults.ts';
import { type LabInfo, labDown, labReset, labStatus, labUp } from '../../lab/index.ts';
import { kubectl } from '../../lab/kubectl-exec.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'lab', 'main.ts');
const silent = () => {};

let dir = '';
let lab: LabInfo;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lab-test-'));
  lab = await labUp({ dir, report: silent });
  const faults = ['crashloop', 'oom', 'pending', 'imagepull', 'unready'] as const;
  await Promise.all(faults.map((fault) => breakWorkload(lab, fault, `broken-${fault}`)));
});

afterAll(async () => {
  await labDown({ dir, report: silent });
  await rm(dir, { recursive: true });
});

const run = (...args: string[]) => kubectl(lab, args);

const json = async <T>(schema: z.ZodType<T>, ...args: string[]): Promise<T> =>
  schema.parse(JSON.parse(await run(...args, '-o', 'json')));

const pids = async () => (await labStatus({ dir })).components.map(({ pid }) => pid);

/** Polls until an expectation holds: the lab answers in its own time. */
const eventually = (expectation: () => Promise<void>) => vi.waitFor(expectation, { timeout: 45_000, interval: 500 });

describe('a lab that is up', () => {
  it('works in every part, and says with which pid and port', async () => {
    const { up, components } = await labStatus({ dir });
    expect(up).toBe(true);
    expect(components).toContainEqual({
      name: 'kube-apiserver',
      state: 'healthy',
      pid: expect.any(Number),
      ports: [Number(new URL(lab.server).port)],
      memoryMiB: expect.any(Number),
    });
  });

  it('is left as it is by another up', async () => {
    const before = await pids();
    expect(await labUp({ dir, report: silent })).toMatchObject({ server: lab.server, kubeconfig: lab.kubeconfig });
    expect(await pids()).toEqual(before);
  });

  it('shows its keys and kubeconfigs to their owner only', async () => {
    for (const file of [lab.kubeconfig, lab.limitedKubeconfig, join(dir, 'pki', 'ca.key')]) {
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    }
  });
});

const nodeList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()) }),
      spec: z.object({
        taints: z.array(z.object({ key: z.string(), value: z.string(), effect: z.string() })).default([]),
      }),
      status: z.object({
        capacity: z.object({ memory: z.string() }),
        nodeInfo: z.object({ architecture: z.string() }),
        conditions: z.array(z.object({ type: z.string(), status: z.string() })),
      }),
    }),
  ),
});

describe('the nodes', () => {
  it('have the shape of the cluster: two Pi 5 with 8 GiB, and a tainted Pi 3 with 1 GiB', async () => {
    const { items } = await json(nodeList, 'get', 'nodes');
    const shapes = items.map(({ metadata, spec, status }) => [
      metadata.name,
      status.capacity.memory,
      status.nodeInfo.architecture,
      spec.taints.map(({ key, value, effect }) => `${key}=${value}:${effect}`).join(),
      'node-role.kubernetes.io/control-plane' in metadata.labels,
      status.conditions.find(({ type }) => type === 'Ready')?.status,
    ]);
    expect(shapes).toEqual([
      ['pi3', '1Gi', 'arm64', 'node-type=pi3:NoSchedule', false, 'True'],
      ['pi5-a', '8Gi', 'arm64', '', true, 'True'],
      ['pi5-b', '8Gi', 'arm64', '', false, 'True'],
    ]);
  });
});

const podList = z.object({
  items: z.array(
    z.object({
      status: z.object({
        phase: z.string(),
        conditions: z
          .array(z.object({ type: z.string(), status: z.string(), reason: z.string().optional() }))
          .default([]),
        containerStatuses: z
          .array(
            z.object({
              ready: z.boolean(),
              restartCount: z.number(),
              state: z.object({ waiting: z.object({ reason: z.string() }).optional() }),
              lastState: z.object({ terminated: z.object({ reason: z.string(), exitCode: z.number() }).optional() }),
            }),
          )
          .default([]),
      }),
    }),
  ),
});

async function firstPod(fault: FaultName) {
  const { items } = await json(podList, 'get', 'pods', '-n', `broken-${fault}`);
  const status = items[0]?.status;
  const container = status?.containerStatuses[0];
  return {
    phase: status?.phase,
    unscheduled: status?.conditions.find(({ type }) => type === 'PodScheduled')?.reason,
    ready: container?.ready,
    restarts: container?.restartCount ?? 0,
    waiting: container?.state.waiting?.reason,
    last: container?.lastState.terminated,
  };
}

describe('pods that fail on demand', () => {
  it('crash in a loop, and their restarts count up', async () => {
    await eventually(async () => {
      const pod = await firstPod('crashloop');
      expect(pod).toMatchObject({ waiting: 'CrashLoopBackOff', last: { reason: 'Error', exitCode: 1 } });
      expect(pod.restarts).toBeGreaterThan(0);
    });
  });

  it('are killed for their memory', async () => {
    await eventually(async () => {
      expect((await firstPod('oom')).last).toEqual({ reason: 'OOMKilled', exitCode: 137 });
    });
  });

  it('fit on no node, says the real scheduler', async () => {
    await eventually(async () => {
      expect(await firstPod('pending')).toMatchObject({ phase: 'Pending', unscheduled: 'Unschedulable' });
    });
  });

  it('wait for an image that never comes', async () => {
    await eventually(async () => {
      expect(await firstPod('imagepull')).toMatchObject({ phase: 'Pending', waiting: 'ImagePullBackOff' });
    });
  });

  it('run without getting ready, until they are healed by a rollout', async () => {
    await eventually(async () => {
      expect(await firstPod('unready')).toMatchObject({ phase: 'Running', ready: false });
    });
    await healWorkload(lab, 'unready', 'broken-unready');
    const said = await run('-n', 'broken-unready', 'rollout', 'status', 'deployment/sleepy', '--timeout=30s');
    expect(said).toContain('successfully rolled out');
  });
});

describe('logs', () => {
  const logs = (namespace: string, target: string, ...args: string[]) => run('logs', '-n', namespace, target, ...args);

  it('show why a crashing container died, in this life and the last', async () => {
    await eventually(async () => {
      expect(await logs('broken-crashloop', 'deployment/crasher')).toMatch(/^FATAL could not connect to db/m);
      expect(await logs('broken-crashloop', 'deployment/crasher', '--previous')).toMatch(/^panic: /m);
    });
  });

  it('of any other container are a few hundred lines, with times, and can be tailed', async () => {
    const all = await logs('kube-system', 'deployment/coredns');
    expect(all.split('\n').length).toBe(300);
    expect(await logs('kube-system', 'deployment/coredns', '--tail=1', '--timestamps')).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+Z ERROR upstream timeout path=\/api\/stock\/300/,
    );
  });
});

describe('usage', () => {
  it('is known of each node and pod', async () => {
    await eventually(async () => {
      expect(await run('top', 'nodes', '--no-headers')).toMatch(/^pi3 +\d+m +\d+% +\d+Mi +\d+%/m);
      expect(await run('top', 'pods', '-n', 'kube-system', '--no-headers')).toMatch(/^coredns-\S+ +\d+m +35Mi/m);
    });
  });
});

describe('the lesser accounts', () => {
  const as = (kubeconfig: string, ...args: string[]) => kubectl({ ...lab, kubeconfig }, args);

  it('let readonly see the cluster, but no Secret and no change', async () => {
    expect(await as(lab.readonlyKubeconfig, 'get', 'nodes,pods', '-A', '-o', 'name')).toContain('node/pi3');
    await expect(as(lab.readonlyKubeconfig, 'get', 'secrets', '-A')).rejects.toThrow('Forbidden');
    await expect(as(lab.readonlyKubeconfig, 'label', 'node', 'pi3', 'a=b')).rejects.toThrow('Forbidden');
  });

  it('let limited scale in team-a, and nothing else', async () => {
    const image = '--image=registry.example.invalid/web:1.0.0';
    await run('create', 'deployment', 'web', '-n', 'team-a', image);
    await as(lab.limitedKubeconfig, 'scale', 'deployment/web', '-n', 'team-a', '--replicas=2');
    expect(await run('get', 'deployment/web', '-n', 'team-a', '-o', 'jsonpath={.spec.replicas}')).toBe('2');
    await expect(as(lab.limitedKubeconfig, 'delete', 'deployment/web', '-n', 'team-a')).rejects.toThrow('Forbidden');
    await expect(as(lab.limitedKubeconfig, 'get', 'deployments', '-n', 'default')).rejects.toThrow('Forbidden');
  });
});

describe('the life of a lab', () => {
  it('ends with nothing left running, and keeps its state', async () => {
    const before = await pids();
    expect(await labDown({ dir, report: silent })).toHaveLength(before.length);
    expect(before.filter((pid) => isAlive(pid))).toEqual([]);
    expect(await labDown({ dir, report: silent })).toEqual([]);
  });

  it('goes on as one lab when two runs start it at once, though another program took its port', async () => {
    const taken = createServer().listen(Number(new URL(lab.server).port), '127.0.0.1');
    await once(taken, 'listening');
    const up = () => execa(process.execPath, [MAIN, '--dir', dir, 'up']);
    const [one, other] = await Promise.all([up(), up()]);
    expect(one.stdout).toContain(`export KUBECONFIG=${lab.kubeconfig}`);
    expect(other.stdout).toBe(one.stdout);
    expect(one.stderr + other.stderr).toMatch(/port \d+ of kube-apiserver is taken by another program; it moves to/);
    expect(`${one.stderr}${other.stderr}`.match(/etcd ready/g)).toHaveLength(1);
    expect(await readFile(lab.kubeconfig, 'utf8')).not.toContain(lab.server);
    expect(await run('get', 'namespace', 'broken-oom', '-o', 'name')).toBe('namespace/broken-oom');
    taken.close();
  });

  it('begins anew with a reset', async () => {
    lab = await labReset({ dir, report: silent });
    expect(await run('get', 'namespaces', '-o', 'name')).not.toContain('broken-oom');
  });
});

function isAlive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}
