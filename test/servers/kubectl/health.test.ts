import { describe, expect, it } from 'vitest';
import { examine } from '../../../servers/kubectl/health/examine.ts';
import { report } from '../../../servers/kubectl/health/report.ts';
import type { Snapshot } from '../../../servers/kubectl/health/snapshot.ts';
import { aCrashingPod, aDeployment, ago, anEvent, aPod, aReplicaSet, aSnapshot, NOW } from '../../support/kube.ts';

const told = (snapshot: Snapshot, namespace?: string) => report(snapshot, examine(snapshot, NOW), namespace);
const ofWeb = { kind: 'ReplicaSet', name: 'web-5f' };
const aNode = (name: string, ready: string, spec: object = {}) => ({
  metadata: { name },
  spec,
  status: {
    conditions: [
      { type: 'Ready', status: ready, reason: 'KubeletStopped', message: 'no heartbeat', lastTransitionTime: ago(300) },
    ],
  },
});

describe('health', () => {
  it('begins with a verdict, and says healthy only of what it has read', () => {
    const nodes = [aNode('pi5-a', 'True')];
    expect(told(aSnapshot({ nodes, pods: [aPod()] })).text).toBe(
      'Healthy: 1 node, 1 pod, no warning events in the last hour.',
    );
    const partly = told(aSnapshot({ nodes }, { unread: ['events', 'pods'] }));
    expect(partly.text).toContain('Nothing wrong in what could be read: 1 node, 0 pods.');
    expect(partly.text).toContain('Not read, for want of rights: events, pods.');
  });

  it('groups the pods of a Deployment under it, through their ReplicaSet', () => {
    const pods = [aCrashingPod({ name: 'web-5f-a', owner: ofWeb }), aCrashingPod({ name: 'web-5f-b', owner: ofWeb })];
    const { text, data } = told(
      aSnapshot({ pods, deployments: [aDeployment('web', 2, 0)], replicaSets: [aReplicaSet('web-5f', 'web')] }),
    );
    expect(text).toMatch(/^Not healthy: 1 critical, 0 warnings, 0 notices/);
    expect(data).toBe(
      [
        'CRITICAL Deployment/web in shop',
        '  0 of 2 ready',
        '  2 pods CrashLoopBackOff: container app, 7 restarts, last Error, exit 1, 20s ago (web-5f-a, web-5f-b)',
      ].join('\n'),
    );
  });

  it('gives the events of a pod that is gone to the workload that it was of', () => {
    const involvedObject = { kind: 'Pod', name: 'web-5f-gone', namespace: 'shop' };
    const events = [anEvent({ reason: 'Unhealthy', message: 'probe failed', involvedObject })];
    expect(told(aSnapshot({ events, replicaSets: [aReplicaSet('web-5f', 'web')] })).data).toContain(
      'NOTICE Deployment/web in shop\n  event Unhealthy 1×, 30s ago: probe failed',
    );
  });

  it('leaves out events that the pods already tell, and those older than an hour', () => {
    const events = [anEvent(), anEvent({ reason: 'FailedMount', lastTimestamp: ago(4_000) })];
    expect(told(aSnapshot({ pods: [aCrashingPod()], events })).data).not.toContain('event');
    expect(told(aSnapshot({ events })).data).toContain('event BackOff');
  });

  it('puts what is most severe first', () => {
    const cordoned = aNode('pi5-b', 'True', { unschedulable: true });
    const deployments = [aDeployment('api', 3, 2), aDeployment('web', 2, 0)];
    const cases = examine(aSnapshot({ nodes: [aNode('pi3', 'False'), cordoned], deployments }), NOW);
    expect(cases.map(({ severity, owner }) => [severity, owner.name])).toEqual([
      [3, 'web'],
      [3, 'pi3'],
      [2, 'api'],
      [1, 'pi5-b'],
    ]);
  });

  it('tells failed jobs of the last day under their CronJob, and claims that stay pending', () => {
    const failed = (name: string, seconds: number) => ({
      metadata: { name, namespace: 'shop', ownerReferences: [{ kind: 'CronJob', name: 'backup', controller: true }] },
      status: {
        failed: 3,
        conditions: [
          { type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', lastTransitionTime: ago(seconds) },
        ],
      },
    });
    const claims = [
      { metadata: { name: 'data', namespace: 'shop', creationTimestamp: ago(7_200) }, status: { phase: 'Pending' } },
    ];
    const { data } = told(aSnapshot({ jobs: [failed('backup-2', 600), failed('backup-1', 100_000)], claims }));
    expect(data).toContain(
      'WARNING CronJob/backup in shop\n  Job backup-2 failed 10m ago after 3 failed pods: BackoffLimitExceeded',
    );
    expect(data).not.toContain('backup-1');
    expect(data).toContain('WARNING PersistentVolumeClaim/data in shop\n  claim pending for 2h');
  });

  it('says nothing of the failed pods of a Job that succeeded in the end', () => {
    const jobs = [{ metadata: { name: 'migrate', namespace: 'shop' }, status: { succeeded: 1 } }];
    const pods = [aPod({ name: 'migrate-x', owner: { kind: 'Job', name: 'migrate' }, status: { phase: 'Failed' } })];
    expect(examine(aSnapshot({ jobs, pods }), NOW)).toEqual([]);
  });

  it('fits 2,000 tokens when everything is broken, and says how much is missing', () => {
    const names = Array.from({ length: 300 }, (_, i) => `service-${i}`);
    const snapshot = aSnapshot({
      deployments: names.map((name) => aDeployment(name, 2, 0)),
      pods: names.map((name) => aCrashingPod({ name: `${name}-x`, owner: { kind: 'ReplicaSet', name: `${name}-rs` } })),
      replicaSets: names.map((name) => aReplicaSet(`${name}-rs`, name)),
    });
    const { text, data } = told(snapshot);
    expect((text.length + (data?.length ?? 0)) / 4).toBeLessThan(2_000);
    const shown = data?.match(/^CRITICAL/gm)?.length ?? 0;
    expect(shown).toBeGreaterThan(20);
    expect(text).toContain(`${300 - shown} less severe cases not shown: narrow by namespace.`);
  });
});
