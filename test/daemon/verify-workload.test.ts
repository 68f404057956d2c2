import { describe, expect, it } from 'vitest';
import { seeWorkload } from '../../daemon/verify/workload.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { aCrashingPod, aDeployment, aPod, aReplicaSet } from '../support/kube.ts';

const APPS = '/apis/apps/v1/namespaces/shop';
const CORE = '/api/v1/namespaces/shop';
const BATCH = '/apis/batch/v1/namespaces/shop';

/** What a look at a cluster with these objects shows. */
async function see(labels: Record<string, string>, objects: Record<string, object> = {}) {
  const getJson = async (path: string) => {
    const object = objects[path];
    if (object === undefined) throw new OpsError('not_found', `${path} is not there (HTTP 404).`, '');
    return { ...object };
  };
  const { state, text } = await seeWorkload(
    { getJson },
    { namespace: 'shop', ...labels },
    new AbortController().signal,
  );
  return `${state}: ${text}`;
}

const rolling = (status: object, rest: object = {}) => ({ metadata: { generation: 2 }, status, ...rest });

describe('a rollout', () => {
  it.each([
    ['well: Deployment web in shop: 2 of 2 pods ready.', { updatedReplicas: 2, availableReplicas: 2 }],
    ['ill: Deployment web in shop: 1 of 2 pods renewed.', { updatedReplicas: 1, availableReplicas: 2 }],
    ['ill: Deployment web in shop: 1 of 2 pods ready.', { updatedReplicas: 2, availableReplicas: 1 }],
    ['ill: Deployment web in shop: 1 old pod still there.', { updatedReplicas: 2, availableReplicas: 2, replicas: 3 }],
    [
      'ill: Deployment web in shop: its controller has not seen the newest change yet.',
      { updatedReplicas: 2, availableReplicas: 2, observedGeneration: 1 },
    ],
  ])('%s', async (shown, status) => {
    const object = rolling({ observedGeneration: 2, replicas: 2, ...status }, { spec: { replicas: 2 } });
    expect(await see({ deployment: 'web' }, { [`${APPS}/deployments/web`]: object })).toBe(shown);
  });

  it('that wants no pods has them', async () => {
    const objects = { [`${APPS}/deployments/web`]: aDeployment('web', 0, 0) };
    expect(await see({ deployment: 'web' }, objects)).toBe('well: Deployment web in shop: it wants no pods.');
  });

  it('of a StatefulSet leaves out what its partition, or OnDelete, leaves out', async () => {
    const path = `${APPS}/statefulsets/db`;
    const set = (updateStrategy: object) =>
      rolling(
        { observedGeneration: 2, updatedReplicas: 1, readyReplicas: 3 },
        { spec: { replicas: 3, updateStrategy } },
      );
    expect(await see({ statefulset: 'db' }, { [path]: set({}) })).toContain('1 of 3 pods renewed');
    const partition = set({ rollingUpdate: { partition: 2 } });
    expect(await see({ statefulset: 'db' }, { [path]: partition })).toContain('well: StatefulSet db in shop: 3 of 3');
    expect(await see({ statefulset: 'db' }, { [path]: set({ type: 'OnDelete' }) })).toContain('well');
  });

  it('of a DaemonSet has a pod on every node', async () => {
    const status = { observedGeneration: 2, desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 2 };
    const objects = { [`${APPS}/daemonsets/agent`]: rolling(status) };
    expect(await see({ daemonset: 'agent' }, objects)).toBe('ill: DaemonSet agent in shop: 2 of 3 pods ready.');
  });
});

describe('whom an alert is about', () => {
  it('is the Deployment of its pod, as the pod’s owners say', async () => {
    const objects = {
      [`${CORE}/pods/odd-name`]: aCrashingPod({ name: 'odd-name', owner: { kind: 'ReplicaSet', name: 'web-1' } }),
      [`${APPS}/replicasets/web-1`]: aReplicaSet('web-1', 'web'),
      [`${APPS}/deployments/web`]: aDeployment('web', 2, 1),
    };
    expect(await see({ pod: 'odd-name' }, objects)).toBe('ill: Deployment web in shop: 1 of 2 pods ready.');
  });

  it('is what the pod’s name tells once the pod is gone', async () => {
    const objects = { [`${APPS}/daemonsets/agent`]: rolling({ observedGeneration: 2 }) };
    expect(await see({ pod: 'agent-x2x9z' }, objects)).toContain('DaemonSet agent in shop');
  });

  it('is the pod itself where no workload has made it, or only a node has', async () => {
    const bare = { [`${CORE}/pods/tool`]: aCrashingPod({ name: 'tool' }) };
    expect(await see({ pod: 'tool' }, bare)).toBe('ill: Pod tool in shop: not ready (CrashLoopBackOff).');
    const fixed = { [`${CORE}/pods/etcd-pi5-a`]: aPod({ name: 'etcd-pi5-a', owner: { kind: 'Node', name: 'pi5-a' } }) };
    expect(await see({ pod: 'etcd-pi5-a' }, fixed)).toBe('well: Pod etcd-pi5-a in shop: ready.');
  });

  it('is a CronJob for the pods of its Jobs, whose next run nobody waits for', async () => {
    const owner = { kind: 'CronJob', name: 'backup', controller: true };
    const objects = {
      [`${CORE}/pods/backup-29384756-x2x9z`]: aPod({ owner: { kind: 'Job', name: 'backup-29384756' } }),
      [`${BATCH}/jobs/backup-29384756`]: { metadata: { ownerReferences: [owner] } },
      [`${BATCH}/cronjobs/backup`]: { metadata: { name: 'backup' } },
    };
    expect(await see({ pod: 'backup-29384756-x2x9z' }, objects)).toContain('well: CronJob backup in shop: there');
  });

  it.each([
    ['Complete', 'well: Job backup-29384756 in shop: succeeded.'],
    ['Failed', 'ill: Job backup-29384756 in shop: failed (BackoffLimitExceeded).'],
    ['Suspended', 'ill: Job backup-29384756 in shop: has not ended yet.'],
  ])('is the very Job that an alert names (%s)', async (type, shown) => {
    const conditions = [{ type, status: 'True', reason: 'BackoffLimitExceeded' }];
    const objects = { [`${BATCH}/jobs/backup-29384756`]: { status: { conditions } } };
    expect(await see({ job_name: 'backup-29384756' }, objects)).toBe(shown);
  });

  it('is a node, or a claim', async () => {
    const conditions = [{ type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown' }];
    const node = { alertname: 'KubeNodeNotReady', node: 'pi5-b', namespace: '' };
    expect(await see(node, { '/api/v1/nodes/pi5-b': { status: { conditions } } })).toBe(
      'ill: Node pi5-b: not ready (NodeStatusUnknown).',
    );
    const claim = { persistentvolumeclaim: 'data-db-0' };
    const bound = { [`${CORE}/persistentvolumeclaims/data-db-0`]: { status: { phase: 'Bound' } } };
    expect(await see(claim, bound)).toBe('well: PersistentVolumeClaim data-db-0 in shop: Bound.');
  });
});

describe('what is gone', () => {
  it('is no cure where it should have stayed', async () => {
    expect(await see({ deployment: 'web' })).toBe(
      'ill: Deployment web in shop is gone: that is no cure, unless a person has meant it.',
    );
    expect(await see({ pod: 'web-7d4b9c6f5d-x2x9z' })).toBe(
      'ill: Pod web-7d4b9c6f5d-x2x9z is gone, and there is no Deployment, StatefulSet, DaemonSet, Job, CronJob web in shop: that is no cure, unless a person has meant it.',
    );
  });

  it('may be gone where it was a Job, or a pod of its own', async () => {
    expect(await see({ job_name: 'migrate' })).toBe('well: Job migrate in shop is gone, as it may.');
    expect(await see({ pod: 'tool' })).toBe('well: Pod tool in shop is gone, as it may.');
  });

  it('is nothing that is known by an address, or by the name of a container alone', async () => {
    const node = { alertname: 'NodeFilesystemFillingUp', instance: '10.0.0.5:9100', namespace: '' };
    expect(await see(node)).toBe('well: Node 10.0.0.5: nothing in the cluster tells more than its alert.');
    expect(await see({ container: 'app' })).toContain('well: Container app in shop: nothing in the cluster');
  });
});
