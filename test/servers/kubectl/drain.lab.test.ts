import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { LabInfo } from '../../../lab/index.ts';
import { kubectl } from '../../../lab/kubectl-exec.ts';
import { kubectlRig } from '../../support/kubectl-rig.ts';
import { freshNamespace, labForTests } from '../../support/lab.ts';
import { createObjects, readField, removeNamespaces } from '../../support/lab-objects.ts';
import { aDeployment } from '../../support/workloads.ts';

const ALLOWED = { confirm_actions: ['drain', 'cordon', 'uncordon'] };

let lab: LabInfo;
let namespace: string;
/** Two nodes that only this file's pods may use. */
const pool = `pool-${randomBytes(3).toString('hex')}`;
const [here, there] = [`${pool}-a`, `${pool}-b`];

const create = (...objects: object[]) => createObjects(lab, ...objects);
const read = (what: string, path: string) => readField(lab, namespace, what, path);

const aNode = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, annotations: { 'kwok.x-k8s.io/node': 'fake' }, labels: { pool } },
  spec: { taints: [{ key: 'pool', value: pool, effect: 'NoSchedule' }] },
  status: { allocatable: { cpu: '4', memory: '4Gi', pods: '20' }, capacity: { cpu: '4', memory: '4Gi', pods: '20' } },
});

/** Pods of it run on the node `here` first, since only that one is open. */
function pinned(name: string, options: { replicas?: number; cpu?: string; spec?: object } = {}) {
  const { replicas = 2, cpu = '100m', spec = {} } = options;
  const deployment = aDeployment(name, namespace, { replicas });
  const { template } = deployment.spec;
  const resources = { requests: { cpu, memory: '64Mi' } };
  const podSpec = {
    ...template.spec,
    containers: template.spec.containers.map((container) => ({ ...container, resources })),
    nodeSelector: { pool },
    tolerations: [{ key: 'pool', operator: 'Exists' }],
    terminationGracePeriodSeconds: 1,
    ...spec,
  };
  return { ...deployment, spec: { ...deployment.spec, template: { ...template, spec: podSpec } } };
}

async function onNode(...workloads: ReturnType<typeof pinned>[]): Promise<void> {
  await kubectl(lab, ['cordon', there]);
  await create(...workloads);
  for (const { metadata } of workloads)
    await kubectl(lab, ['rollout', 'status', `deploy/${metadata.name}`, `--namespace=${namespace}`, '--timeout=40s']);
  await kubectl(lab, ['uncordon', there]);
  onTestFinished(async () => {
    const names = workloads.map(({ metadata }) => `deploy/${metadata.name}`);
    await kubectl(lab, ['delete', ...names, `--namespace=${namespace}`, '--cascade=foreground', '--timeout=40s']);
    await kubectl(lab, ['uncordon', here]);
  });
}

beforeAll(async () => {
  lab = await labForTests();
  namespace = await freshNamespace(lab, 'drain');
  await create(aNode(here), aNode(there));
  await kubectl(lab, ['wait', '--for=condition=Ready', `node/${here}`, `node/${there}`, '--timeout=60s']);
});

afterAll(async () => {
  await kubectl(lab, ['delete', 'node', here, there, '--ignore-not-found']);
  await removeNamespaces(lab, namespace);
});

describe('a node', () => {
  it('is neither cordoned nor drained unless the user has allowed it', async () => {
    const rig = kubectlRig(lab.kubeconfig);
    for (const tool of ['cordon', 'drain', 'uncordon']) {
      expect((await rig.call(tool, { name: here })).text).not.toContain('Waiting for a person');
    }
    expect((await rig.call('drain', { name: here })).text).toMatch(/^Refused by "drain" \(default\)/);
    expect(await read(`node/${here}`, '{.spec.unschedulable}')).toBe('');
  });

  it('is cordoned and uncordoned after a yes', async () => {
    const rig = kubectlRig(lab.kubeconfig, ALLOWED);
    expect(await rig.approved('cordon', { name: here })).toMatchObject({ isError: false });
    expect(await read(`node/${here}`, '{.spec.unschedulable}')).toBe('true');
    expect((await rig.call('cordon', { name: here })).text).toContain('nothing would change');
    expect(await rig.approved('uncordon', { name: here })).toMatchObject({ isError: false });
    expect(await read(`node/${here}`, '{.spec.unschedulable}')).toBe('');
  });
});

describe('drain', () => {
  it('evicts the pods, which then run on another node, and leaves the DaemonSet’s', async () => {
    await onNode(pinned('movers'));
    const rig = kubectlRig(lab.kubeconfig, ALLOWED);
    await rig.call('drain', { name: here });
    const { change, details } = await rig.pending();
    expect(change).toMatch(/^takes no new pods; 2 pods evicted, \d+ stay$/);
    expect(await read('pods', '{.items[*].metadata.deletionTimestamp}')).toBe('');
    expect(await read(`node/${here}`, '{.spec.unschedulable}')).toBe('');
    expect(details).toMatch(/stay with the node \(DaemonSet, mirror\): kube-system\/kube-proxy-/);
    expect((await rig.approved('drain', { name: here })).text).toContain('is drained: 2 pods left');
    await kubectl(lab, ['rollout', 'status', 'deploy/movers', `--namespace=${namespace}`, '--timeout=40s']);
    expect(new Set((await read('pods', '{.items[*].spec.nodeName}')).split(' '))).toEqual(new Set([there]));
    expect(await read(`node/${here}`, '{.spec.unschedulable}')).toBe('true');
  });

  it('is refused with arithmetic when the other nodes cannot hold the pods', async () => {
    await onNode(pinned('large', { replicas: 2, cpu: '1500m' }));
    await kubectl(lab, ['cordon', here]);
    await create(pinned('filler', { replicas: 1, cpu: '2' }));
    await kubectl(lab, ['rollout', 'status', 'deploy/filler', `--namespace=${namespace}`, '--timeout=40s']);
    await kubectl(lab, ['uncordon', here]);
    onTestFinished(async () => {
      await kubectl(lab, ['delete', 'deploy/filler', `--namespace=${namespace}`, '--cascade=foreground']);
    });
    const rig = kubectlRig(lab.kubeconfig, ALLOWED);
    const { text } = await rig.call('drain', { name: here });
    // A DaemonSet of the lab may have its pod on these nodes, too.
    expect(text).toMatch(
      new RegExp(`${here} has 2 pods that request 3 CPU, 128 Mi; left on ${there}: (2|1\\.9\\d) CPU,`),
    );
    expect(text).toMatch(new RegExp(`No place for ${namespace}/large-`));
    expect(await rig.approvals.list()).toEqual([]);
    expect(await read(`node/${here}`, '{.spec.unschedulable}')).toBe('');
  });

  it('is refused where a pod’s volume is on this node', async () => {
    const spec = {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      storageClassName: '',
      claimRef: { namespace, name: 'data' },
      local: { path: '/data' },
      nodeAffinity: {
        required: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [here] }] }] },
      },
    };
    const claim = { accessModes: ['ReadWriteOnce'], storageClassName: '', resources: { requests: { storage: '1Gi' } } };
    await create(
      { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: pool }, spec },
      { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace }, spec: claim },
    );
    onTestFinished(async () => {
      await kubectl(lab, ['delete', `pv/${pool}`, 'pvc/data', `--namespace=${namespace}`, '--wait=false']);
    });
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
    await onNode(pinned('db', { replicas: 1, spec: { volumes } }));
    const { text } = await kubectlRig(lab.kubeconfig, ALLOWED).call('drain', { name: here });
    expect(text).toMatch(new RegExp(`No place for ${namespace}/db-`));
    expect(text).toContain(`${there} does not have its volume ${pool}`);
  });

  it('waits for a PodDisruptionBudget, and says exactly which pods remain', async () => {
    const budget = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'held', namespace },
      spec: { minAvailable: 2, selector: { matchLabels: { app: 'held' } } },
    };
    await onNode(pinned('held'), pinned('loose', { replicas: 1 }));
    await create(budget);
    await vi.waitFor(async () => expect(await read('pdb/held', '{.status.currentHealthy}')).toBe('2'), {
      timeout: 20_000,
    });
    const rig = kubectlRig(lab.kubeconfig, ALLOWED);
    const input = { name: here, timeout_seconds: 5 };
    await rig.call('drain', input);
    expect(await rig.pending()).toMatchObject({ risk: 'budgets hold 2 pods for now' });
    const { text, isError } = await rig.approved('drain', input);
    expect(isError).toBe(true);
    expect(text).toMatch(
      /is not empty after 5 s: 1 pod left; these remain: \S+\/held-\S+ \(a PodDisruptionBudget keeps it\), \S+\/held-/,
    );
    expect(text).not.toContain('loose-');
    expect(await rig.approvals.list()).toMatchObject([{ state: 'failed' }]);
    await kubectl(lab, ['delete', 'pdb/held', `--namespace=${namespace}`]);
  });

  it('refuses bare pods and emptyDir data, unless the parameters accept their loss', async () => {
    await onNode(pinned('scratch', { replicas: 1, spec: { volumes: [{ name: 'tmp', emptyDir: {} }] } }));
    const bare = { containers: [{ name: 'c', image: 'registry.example.invalid/c' }], nodeName: here };
    await create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'bare', namespace }, spec: bare });
    const rig = kubectlRig(lab.kubeconfig, ALLOWED);
    const { text } = await rig.call('drain', { name: here });
    expect(text).toMatch(/\S+\/bare: no controller starts it elsewhere \(force=true ends it for good\)/);
    expect(text).toMatch(/\S+\/scratch-\S+: emptyDir data would be lost \(delete_emptydir_data=true accepts that\)/);
    const input = { name: here, force: true, delete_emptydir_data: true, grace_seconds: 0, timeout_seconds: 30 };
    expect((await rig.approved('drain', input)).text).toContain('is drained: 2 pods left');
  });
});
