import fc from 'fast-check';
import type { Alert } from '../../shared/workflow/events.ts';
import { anAlert, minute } from './incidents-rig.ts';

/** What happens to workloads: pods crash, are replaced and crash again, and a deployment misses them. */
const trouble = fc.record({
  owner: fc.constantFrom('web', 'api', 'db'),
  pod: fc.constantFrom('x2x9z', 'b4b4b', 'c5c5c'),
  alertname: fc.constantFrom('KubePodCrashLooping', 'KubePodNotReady', 'KubeDeploymentReplicasMismatch'),
  startsAt: fc.integer({ min: 0, max: 50 }).map(minute),
  // How often Alertmanager says that it fires, and that it is resolved.
  fires: fc.integer({ min: 1, max: 4 }),
  resolves: fc.integer({ min: 0, max: 3 }),
});
type Trouble = typeof trouble extends fc.Arbitrary<infer T> ? T : never;

/** Notifications in any order; after each group of them a daemon looks, does not, or dies in the middle. */
export const replay = fc.array(trouble, { minLength: 1, maxLength: 6 }).chain((troubles) => {
  const notices = troubles.flatMap((one) => [
    ...Array.from({ length: one.fires }, () => ({ ...one, status: 'firing' })),
    ...Array.from({ length: one.resolves }, () => ({ ...one, status: 'resolved' })),
  ]);
  const deed = fc.constantFrom('looks', 'is away', 'dies before it acknowledges', 'dies before it notes what it did');
  return fc.record({
    troubles: fc.constant(troubles),
    order: fc.shuffledSubarray(notices, { minLength: notices.length }),
    deeds: fc.array(deed, { minLength: notices.length, maxLength: notices.length }),
    group: fc.integer({ min: 1, max: 3 }),
  });
});

export function alertOf({ owner, pod, alertname, startsAt }: Trouble, namespace: string, status: string): Alert {
  const about = alertname.startsWith('KubeDeployment') ? { deployment: owner } : { pod: `${owner}-7d4b9c6f5d-${pod}` };
  return anAlert({ labels: { alertname, namespace, pod: 'kube-state-metrics-0', ...about }, status, startsAt });
}
