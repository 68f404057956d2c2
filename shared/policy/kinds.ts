import type { Kind } from '../kernel/action.ts';

/** `Kind plural short names...` by API group: what a cluster of this stack serves, for use without one. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  '': [
    'Pod pods po',
    'Service services svc',
    'ConfigMap configmaps cm',
    'Secret secrets',
    'Node nodes no',
    'Namespace namespaces ns',
    'PersistentVolumeClaim persistentvolumeclaims pvc',
    'PersistentVolume persistentvolumes pv',
    'ServiceAccount serviceaccounts sa',
    'Event events ev',
    'Endpoints endpoints ep',
    'ResourceQuota resourcequotas quota',
    'LimitRange limitranges limits',
    'ReplicationController replicationcontrollers rc',
    'PodTemplate podtemplates',
    'ComponentStatus componentstatuses cs',
  ],
  apps: [
    'Deployment deployments deploy',
    'StatefulSet statefulsets sts',
    'DaemonSet daemonsets ds',
    'ReplicaSet replicasets rs',
    'ControllerRevision controllerrevisions',
  ],
  batch: ['Job jobs', 'CronJob cronjobs cj'],
  autoscaling: ['HorizontalPodAutoscaler horizontalpodautoscalers hpa'],
  policy: ['PodDisruptionBudget poddisruptionbudgets pdb'],
  'networking.k8s.io': ['Ingress ingresses ing', 'IngressClass ingressclasses', 'NetworkPolicy networkpolicies netpol'],
  'discovery.k8s.io': ['EndpointSlice endpointslices eps'],
  'storage.k8s.io': [
    'StorageClass storageclasses sc',
    'VolumeAttachment volumeattachments',
    'CSIDriver csidrivers',
    'CSINode csinodes',
  ],
  'rbac.authorization.k8s.io': [
    'Role roles',
    'RoleBinding rolebindings',
    'ClusterRole clusterroles',
    'ClusterRoleBinding clusterrolebindings',
  ],
  'scheduling.k8s.io': ['PriorityClass priorityclasses pc'],
  'coordination.k8s.io': ['Lease leases'],
  'certificates.k8s.io': ['CertificateSigningRequest certificatesigningrequests csr'],
  'admissionregistration.k8s.io': [
    'MutatingWebhookConfiguration mutatingwebhookconfigurations',
    'ValidatingWebhookConfiguration validatingwebhookconfigurations',
    'ValidatingAdmissionPolicy validatingadmissionpolicies',
  ],
  'apiextensions.k8s.io': ['CustomResourceDefinition customresourcedefinitions crd crds'],
  'apiregistration.k8s.io': ['APIService apiservices'],
  'argoproj.io': [
    'Application applications app apps',
    'ApplicationSet applicationsets appset appsets',
    'AppProject appprojects appproj appprojs',
  ],
  'monitoring.coreos.com': [
    'Prometheus prometheuses prom',
    'Alertmanager alertmanagers amgr',
    'PrometheusRule prometheusrules promrule',
    'ServiceMonitor servicemonitors smon',
    'PodMonitor podmonitors pmon',
  ],
  // What the other servers act on: no cluster serves these, so their groups are the servers' names.
  argocd: ['Cluster clusters'],
  prometheus: ['Metric metrics', 'Alert alerts', 'Rule rules', 'Target targets', 'Silence silences'],
  workflows: ['Workflow workflows', 'Run runs'],
  gitea: [
    'Repository repositories repo repos',
    'File files',
    'Branch branches',
    'Commit commits',
    'PullRequest pullrequests pull pulls pr prs',
  ],
};

/** The kinds that are known without asking a cluster. */
export const KINDS: readonly Kind[] = Object.entries(GROUPS).flatMap(([group, lines]) =>
  lines.map((line) => {
    const [kind = '', ...names] = line.split(' ');
    return { kind, group, names: [...new Set([...names, kind.toLowerCase()])] };
  }),
);

/** The kind that a word means, in any spelling; `deployments.apps` too. */
export function findKind(word: string): Kind | undefined {
  const [name = '', ...group] = word.toLowerCase().split('.');
  const wanted = group.join('.');
  return KINDS.find((kind) => kind.names.includes(name) && (wanted === '' || kind.group === wanted));
}

/** The same for a name that our own code gives: the list has to have it. */
export function knownKind(name: string): Kind {
  const kind = findKind(name);
  if (kind === undefined) throw new Error(`shared/policy/kinds.ts lacks ${name}`);
  return kind;
}
