/** What others stand on comes first; what acts on others comes last (the order that Helm installs in, shortened). */
const FIRST = [
  'Namespace',
  'CustomResourceDefinition',
  'PriorityClass',
  'StorageClass',
  'ResourceQuota',
  'LimitRange',
  'NetworkPolicy',
  'ServiceAccount',
  'ClusterRole',
  'Role',
  'ClusterRoleBinding',
  'RoleBinding',
  'Secret',
  'ConfigMap',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Service',
];
const LAST = [
  'DaemonSet',
  'Pod',
  'ReplicationController',
  'ReplicaSet',
  'Deployment',
  'StatefulSet',
  'Job',
  'CronJob',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'Ingress',
  'HTTPRoute',
  'APIService',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
];

/** Custom resources stand between: workloads often need them, and they need their own CRD. */
function rank(kind: string): number {
  const first = FIRST.indexOf(kind);
  return first >= 0 ? first : FIRST.length + 1 + LAST.indexOf(kind);
}

/** Sorts into the order of application; within a kind the manifest's own order stays. */
export function inOrder<T>(objects: readonly T[], kindOf: (object: T) => string): readonly T[] {
  return [...objects].sort((a, b) => rank(kindOf(a)) - rank(kindOf(b)));
}
