import { beforeAll, describe, expect, it } from 'vitest';
import { breakWorkload, type FaultName, healWorkload } from '../../lab/faults.ts';
import { kubectl } from '../../lab/kubectl-exec.ts';
import { aLab, eventually } from './a-lab.ts';

const lab = aLab();

beforeAll(async () => {
  const faults = ['crashloop', 'oom', 'pending', 'imagepull', 'unready'] as const;
  await Promise.all(faults.map((fault) => breakWorkload(lab.info, fault, `broken-${fault}`)));
});

describe('the nodes', () => {
  it('have the shape of the cluster: two Pi 5 with 8 GiB, and a tainted Pi 3 with 1 GiB', async () => {
    const columns = [
      'NAME:.metadata.name',
      'ARCH:.status.nodeInfo.architecture',
      'MEMORY:.status.capacity.memory',
      'TAINT:.spec.taints[*].key',
      'VALUE:.spec.taints[*].value',
      'EFFECT:.spec.taints[*].effect',
      'READY:.status.conditions[?(@.type=="Ready")].status',
    ];
    const table = await lab.kubectl('get', 'nodes', '--no-headers', '-o', `custom-columns=${columns.join()}`);
    expect(table.split('\n').map((line) => line.trim().split(/ +/))).toEqual([
      ['pi3', 'arm64', '1Gi', 'node-type', 'pi3', 'NoSchedule', 'True'],
      ['pi5-a', 'arm64', '8Gi', '<none>', '<none>', '<none>', 'True'],
      ['pi5-b', 'arm64', '8Gi', '<none>', '<none>', '<none>', 'True'],
    ]);
  });

  it('are led by pi5-a, which works too', async () => {
    expect(await lab.kubectl('get', 'nodes', '-l', 'node-role.kubernetes.io/control-plane', '-o', 'name')).toBe(
      'node/pi5-a',
    );
  });
});

describe('pods that fail on demand', () => {
  const ofPod = (fault: FaultName, path: string) =>
    lab.kubectl('get', 'pods', '-n', `broken-${fault}`, '-o', `jsonpath={.items[0].status.${path}}`);
  const ofContainer = (fault: FaultName, path: string) => ofPod(fault, `containerStatuses[0].${path}`);

  it('crash in a loop, and their restarts count up', async () => {
    await eventually(async () => {
      expect(await ofContainer('crashloop', 'state.waiting.reason')).toBe('CrashLoopBackOff');
      expect(await ofContainer('crashloop', 'lastState.terminated.exitCode')).toBe('1');
      expect(Number(await ofContainer('crashloop', 'restartCount'))).toBeGreaterThan(0);
    });
  });

  it('are killed for their memory', async () => {
    await eventually(async () => {
      expect(await ofContainer('oom', 'lastState.terminated.reason')).toBe('OOMKilled');
      expect(await ofContainer('oom', 'lastState.terminated.exitCode')).toBe('137');
    });
  });

  it('fit on no node, says the real scheduler', async () => {
    await eventually(async () => {
      expect(await ofPod('pending', 'phase')).toBe('Pending');
      expect(await ofPod('pending', 'conditions[?(@.type=="PodScheduled")].message')).toContain('Insufficient memory');
    });
  });

  it('wait for an image that never comes', async () => {
    await eventually(async () => {
      expect(await ofContainer('imagepull', 'state.waiting.reason')).toBe('ImagePullBackOff');
    });
  });

  it('run without getting ready, until a rollout heals them', async () => {
    await eventually(async () => {
      expect(await ofPod('unready', 'phase')).toBe('Running');
      expect(await ofContainer('unready', 'ready')).toBe('false');
    });
    await healWorkload(lab.info, 'unready', 'broken-unready');
    const said = await lab.kubectl('rollout', 'status', 'deployment/sleepy', '-n', 'broken-unready', '--timeout=30s');
    expect(said).toContain('successfully rolled out');
  });
});

describe('logs', () => {
  it('show why a crashing container died, in this life and the last', async () => {
    const crasher = ['logs', '-n', 'broken-crashloop', 'deployment/crasher'];
    await eventually(async () => {
      expect(await lab.kubectl(...crasher)).toMatch(/^FATAL could not connect to db/m);
      expect(await lab.kubectl(...crasher, '--previous')).toMatch(/^panic: /m);
    });
  });

  it('of any other container are a few hundred lines, with times, and can be tailed', async () => {
    const coredns = ['logs', '-n', 'kube-system', 'deployment/coredns'];
    expect((await lab.kubectl(...coredns)).split('\n')).toHaveLength(300);
    expect(await lab.kubectl(...coredns, '--tail=1', '--timestamps')).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+Z ERROR upstream timeout path=\/api\/stock\/300/,
    );
  });
});

describe('usage', () => {
  it('is known of each node and pod', async () => {
    await eventually(async () => {
      expect(await lab.kubectl('top', 'nodes', '--no-headers')).toMatch(/^pi3 +\d+m +\d+% +\d+Mi +\d+%/m);
      expect(await lab.kubectl('top', 'pods', '-n', 'kube-system')).toMatch(/^coredns-\S+ +\d+m +35Mi/m);
    });
  });
});

describe('the lesser accounts', () => {
  const as = (kubeconfig: string, ...args: string[]) => kubectl({ ...lab.info, kubeconfig }, args);

  it('let readonly see the cluster, but no Secret and no change', async () => {
    const { readonlyKubeconfig } = lab.info;
    expect(await as(readonlyKubeconfig, 'get', 'nodes,pods', '-A', '-o', 'name')).toContain('node/pi3');
    await expect(as(readonlyKubeconfig, 'get', 'secrets', '-A')).rejects.toThrow('Forbidden');
    await expect(as(readonlyKubeconfig, 'label', 'node', 'pi3', 'a=b')).rejects.toThrow('Forbidden');
  });

  it('let limited scale in team-a, and nothing else', async () => {
    const { limitedKubeconfig } = lab.info;
    await lab.kubectl('create', 'deployment', 'web', '-n', 'team-a', '--image=registry.example.invalid/web:1.0.0');
    await as(limitedKubeconfig, 'scale', 'deployment/web', '-n', 'team-a', '--replicas=2');
    expect(await lab.kubectl('get', 'deployment/web', '-n', 'team-a', '-o', 'jsonpath={.spec.replicas}')).toBe('2');
    await expect(as(limitedKubeconfig, 'delete', 'deployment/web', '-n', 'team-a')).rejects.toThrow('Forbidden');
    await expect(as(limitedKubeconfig, 'get', 'deployments', '-n', 'default')).rejects.toThrow('Forbidden');
  });
});
