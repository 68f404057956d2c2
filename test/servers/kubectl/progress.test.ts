import { describe, expect, it } from 'vitest';
import { progressOf } from '../../../servers/kubectl/health/progress.ts';
import { aDeployment } from '../../support/kube.ts';

const set = (kind: string, spec: object, status: object) => ({
  kind,
  metadata: { generation: 2 },
  spec,
  status: { observedGeneration: 2, ...status },
});

describe('the progress of a rollout', () => {
  it('is done when all pods are new and available', () => {
    expect(progressOf(aDeployment('web', 3, 3))).toMatchObject({ state: 'done', wanted: 3, ready: 3 });
    expect(progressOf(aDeployment('web', 0, 0)).state).toBe('done');
  });

  it('goes on while an old pod is left, or the controller has not seen the change', () => {
    const old = set('Deployment', { replicas: 2 }, { replicas: 3, updatedReplicas: 2, availableReplicas: 3 });
    expect(progressOf(old).state).toBe('rolling');
    const unseen = { ...aDeployment('web', 1, 1), metadata: { generation: 2 } };
    expect(progressOf(unseen).state).toBe('rolling');
  });

  it('is stuck when the controller gave up, with its reason', () => {
    const gaveUp = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }];
    expect(progressOf(aDeployment('web', 2, 1, gaveUp))).toMatchObject({
      state: 'stuck',
      reason: 'ProgressDeadlineExceeded',
    });
  });

  it('reads a paused Deployment, a DaemonSet, a partition and OnDelete as kubectl does', () => {
    const paused = set(
      'Deployment',
      { replicas: 2, paused: true },
      { replicas: 2, updatedReplicas: 1, availableReplicas: 2 },
    );
    expect(progressOf(paused).state).toBe('paused');
    const everywhere = { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberReady: 3, numberAvailable: 3 };
    expect(progressOf(set('DaemonSet', {}, everywhere)).state).toBe('done');
    expect(progressOf(set('DaemonSet', {}, { ...everywhere, updatedNumberScheduled: 2 })).state).toBe('rolling');
    const partition = { type: 'RollingUpdate', rollingUpdate: { partition: 2 } };
    const half = set(
      'StatefulSet',
      { replicas: 3, updateStrategy: partition },
      { updatedReplicas: 1, readyReplicas: 3 },
    );
    expect(progressOf(half).state).toBe('done');
    expect(progressOf(set('DaemonSet', { updateStrategy: { type: 'OnDelete' } }, everywhere)).state).toBe('on delete');
  });
});
