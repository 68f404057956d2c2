import { arrayAt, at, isObject, numberAt, stringAt } from '../../shared/kernel/json.ts';
import type { ClusterState } from './cluster-state.ts';
import { conditionOf, entries, identity, nameOf, namespaceOf, seconds } from './objects.ts';
import { podSeries } from './pod-state.ts';
import { quantity, resourceLabels } from './quantity.ts';
import { Samples, type Series } from './series.ts';

/** The series of kube-state-metrics, under their own names, as far as rules and people ask for them. */
export function kubeState(state: ClusterState): readonly Series[] {
  const samples = new Samples();
  for (const node of state.nodes) addNode(samples, node);
  for (const namespace of state.namespaces) addNamespace(samples, namespace);
  for (const pod of state.pods) podSeries(samples, pod);
  for (const deployment of state.deployments) addDeployment(samples, deployment);
  for (const set of state.replicaSets) addReplicaSet(samples, set);
  for (const set of state.statefulSets) addStatefulSet(samples, set);
  for (const set of state.daemonSets) addDaemonSet(samples, set);
  for (const job of state.jobs) addJob(samples, job);
  for (const claim of state.claims) addClaim(samples, claim);
  for (const volume of state.volumes) addVolume(samples, volume);
  return samples.series;
}

function addNode(samples: Samples, object: unknown): void {
  const node = nameOf(object);
  const info = at(object, 'status', 'nodeInfo');
  samples.add(
    'kube_node_info',
    {
      node,
      kubelet_version: stringAt(info, 'kubeletVersion'),
      os_image: stringAt(info, 'osImage'),
      kernel_version: stringAt(info, 'kernelVersion'),
      container_runtime_version: stringAt(info, 'containerRuntimeVersion'),
    },
    1,
  );
  for (const condition of arrayAt(object, 'status', 'conditions')) {
    const type = stringAt(condition, 'type') ?? '';
    const is = (stringAt(condition, 'status') ?? '').toLowerCase();
    samples.oneOf('kube_node_status_condition', { node, condition: type }, 'status', ['true', 'false', 'unknown'], is);
  }
  samples.add('kube_node_spec_unschedulable', { node }, at(object, 'spec', 'unschedulable') === true);
  for (const taint of arrayAt(object, 'spec', 'taints')) {
    const { key, value = '', effect } = isObject(taint) ? taint : {};
    samples.add('kube_node_spec_taint', { node, key: String(key), value: String(value), effect: String(effect) }, 1);
  }
  for (const which of ['capacity', 'allocatable'])
    for (const [resource, amount] of entries(object, 'status', which))
      samples.add(`kube_node_status_${which}`, { node, ...resourceLabels(resource) }, quantity(amount));
}

function addNamespace(samples: Samples, object: unknown): void {
  const phase = stringAt(object, 'status', 'phase') ?? 'Active';
  const phases = ['Active', 'Terminating'];
  samples.oneOf('kube_namespace_status_phase', { namespace: nameOf(object) }, 'phase', phases, phase);
}

function addDeployment(samples: Samples, object: unknown): void {
  const labels = identity('deployment', object);
  const count = (field: string) => numberAt(object, 'status', field) ?? 0;
  samples.add('kube_deployment_created', labels, seconds(object, 'metadata', 'creationTimestamp'));
  samples.add('kube_deployment_spec_replicas', labels, numberAt(object, 'spec', 'replicas') ?? 0);
  samples.add('kube_deployment_spec_paused', labels, at(object, 'spec', 'paused') === true);
  samples.add('kube_deployment_status_replicas', labels, count('replicas'));
  samples.add('kube_deployment_status_replicas_ready', labels, count('readyReplicas'));
  samples.add('kube_deployment_status_replicas_available', labels, count('availableReplicas'));
  samples.add('kube_deployment_status_replicas_unavailable', labels, count('unavailableReplicas'));
  samples.add('kube_deployment_status_replicas_updated', labels, count('updatedReplicas'));
  samples.add('kube_deployment_status_observed_generation', labels, count('observedGeneration'));
  samples.add('kube_deployment_metadata_generation', labels, numberAt(object, 'metadata', 'generation'));
  for (const condition of ['Available', 'Progressing', 'ReplicaFailure']) {
    const is = conditionOf(object, condition)?.toLowerCase();
    const all = ['true', 'false', 'unknown'];
    if (is !== undefined)
      samples.oneOf('kube_deployment_status_condition', { ...labels, condition }, 'status', all, is);
  }
}

function addReplicaSet(samples: Samples, object: unknown): void {
  const labels = identity('replicaset', object);
  const owner = arrayAt(object, 'metadata', 'ownerReferences')[0];
  const owned = { ...labels, owner_kind: stringAt(owner, 'kind'), owner_name: stringAt(owner, 'name') };
  samples.add('kube_replicaset_owner', owned, 1);
  samples.add('kube_replicaset_spec_replicas', labels, numberAt(object, 'spec', 'replicas') ?? 0);
  samples.add('kube_replicaset_status_ready_replicas', labels, numberAt(object, 'status', 'readyReplicas') ?? 0);
}

function addStatefulSet(samples: Samples, object: unknown): void {
  const labels = identity('statefulset', object);
  samples.add('kube_statefulset_replicas', labels, numberAt(object, 'spec', 'replicas') ?? 0);
  samples.add('kube_statefulset_status_replicas', labels, numberAt(object, 'status', 'replicas') ?? 0);
  samples.add('kube_statefulset_status_replicas_ready', labels, numberAt(object, 'status', 'readyReplicas') ?? 0);
  samples.add('kube_statefulset_status_replicas_updated', labels, numberAt(object, 'status', 'updatedReplicas') ?? 0);
}

function addDaemonSet(samples: Samples, object: unknown): void {
  const labels = identity('daemonset', object);
  const count = (field: string) => numberAt(object, 'status', field) ?? 0;
  samples.add('kube_daemonset_status_desired_number_scheduled', labels, count('desiredNumberScheduled'));
  samples.add('kube_daemonset_status_current_number_scheduled', labels, count('currentNumberScheduled'));
  samples.add('kube_daemonset_status_number_available', labels, count('numberAvailable'));
  samples.add('kube_daemonset_status_number_ready', labels, count('numberReady'));
}

function addJob(samples: Samples, object: unknown): void {
  const labels = identity('job_name', object);
  samples.add('kube_job_status_active', labels, numberAt(object, 'status', 'active') ?? 0);
  samples.add('kube_job_status_succeeded', labels, numberAt(object, 'status', 'succeeded') ?? 0);
  samples.add('kube_job_status_failed', labels, numberAt(object, 'status', 'failed') ?? 0);
  for (const end of ['Complete', 'Failed'])
    samples.add(`kube_job_${end.toLowerCase()}`, { ...labels, condition: 'true' }, conditionOf(object, end) === 'True');
}

function addClaim(samples: Samples, object: unknown): void {
  const labels = { namespace: namespaceOf(object), persistentvolumeclaim: nameOf(object) };
  const volume = {
    storageclass: stringAt(object, 'spec', 'storageClassName'),
    volumename: stringAt(object, 'spec', 'volumeName'),
  };
  samples.add('kube_persistentvolumeclaim_info', { ...labels, ...volume }, 1);
  const phase = stringAt(object, 'status', 'phase') ?? '';
  samples.oneOf('kube_persistentvolumeclaim_status_phase', labels, 'phase', ['Lost', 'Bound', 'Pending'], phase);
  const requested = quantity(at(object, 'spec', 'resources', 'requests', 'storage'));
  samples.add('kube_persistentvolumeclaim_resource_requests_storage_bytes', labels, requested);
}

function addVolume(samples: Samples, object: unknown): void {
  const labels = { persistentvolume: nameOf(object) };
  const phases = ['Pending', 'Available', 'Bound', 'Released', 'Failed'];
  const phase = stringAt(object, 'status', 'phase') ?? '';
  samples.oneOf('kube_persistentvolume_status_phase', labels, 'phase', phases, phase);
  samples.add('kube_persistentvolume_capacity_bytes', labels, quantity(at(object, 'spec', 'capacity', 'storage')));
}
