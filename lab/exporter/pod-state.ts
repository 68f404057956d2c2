import { arrayAt, at, numberAt, stringAt } from '../../shared/kernel/json.ts';
import { conditionOf, entries, identity, seconds } from './objects.ts';
import { quantity, resourceLabels } from './quantity.ts';
import type { Samples } from './series.ts';

const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'];

/** What kube-state-metrics says of one pod and its containers. */
export function podSeries(samples: Samples, object: unknown): void {
  const labels = identity('pod', object);
  const uid = stringAt(object, 'metadata', 'uid');
  const owner = arrayAt(object, 'metadata', 'ownerReferences')[0];
  const made = { created_by_kind: stringAt(owner, 'kind'), created_by_name: stringAt(owner, 'name') };
  const where = { node: stringAt(object, 'spec', 'nodeName'), host_ip: stringAt(object, 'status', 'hostIP') };
  samples.add('kube_pod_info', { ...labels, uid, ...where, ...made, pod_ip: stringAt(object, 'status', 'podIP') }, 1);
  const owned = { ...labels, owner_kind: made.created_by_kind, owner_name: made.created_by_name };
  samples.add('kube_pod_owner', owned, 1);
  samples.add('kube_pod_created', labels, seconds(object, 'metadata', 'creationTimestamp'));
  samples.add('kube_pod_start_time', labels, seconds(object, 'status', 'startTime'));
  samples.oneOf('kube_pod_status_phase', labels, 'phase', PHASES, stringAt(object, 'status', 'phase') ?? 'Unknown');
  for (const [series, type] of [
    ['ready', 'Ready'],
    ['scheduled', 'PodScheduled'],
  ] as const) {
    const is = conditionOf(object, type)?.toLowerCase() ?? 'false';
    samples.oneOf(`kube_pod_status_${series}`, labels, 'condition', ['true', 'false', 'unknown'], is);
  }
  for (const container of arrayAt(object, 'spec', 'containers')) addResources(samples, labels, container);
  for (const status of arrayAt(object, 'status', 'containerStatuses')) addStatus(samples, labels, status);
}

type Labels = Readonly<Record<string, string>>;

function addResources(samples: Samples, pod: Labels, container: unknown): void {
  const labels = { ...pod, container: stringAt(container, 'name') ?? '' };
  for (const which of ['requests', 'limits'])
    for (const [resource, amount] of entries(container, 'resources', which))
      samples.add(`kube_pod_container_resource_${which}`, { ...labels, ...resourceLabels(resource) }, quantity(amount));
}

function addStatus(samples: Samples, pod: Labels, status: unknown): void {
  const labels = { ...pod, container: stringAt(status, 'name') ?? '' };
  const add = (name: string, value: number | boolean, more: Labels = {}) =>
    samples.add(`kube_pod_container_${name}`, { ...labels, ...more }, value);
  add('info', 1, { image: stringAt(status, 'image') ?? '' });
  add('status_restarts_total', numberAt(status, 'restartCount') ?? 0);
  add('status_ready', at(status, 'ready') === true);
  for (const state of ['running', 'waiting', 'terminated'])
    add(`status_${state}`, at(status, 'state', state) !== undefined);
  const waiting = stringAt(status, 'state', 'waiting', 'reason');
  if (waiting !== undefined) add('status_waiting_reason', 1, { reason: waiting });
  const ended = stringAt(status, 'state', 'terminated', 'reason');
  if (ended !== undefined) add('status_terminated_reason', 1, { reason: ended });
  const last = at(status, 'lastState', 'terminated');
  const reason = stringAt(last, 'reason');
  if (reason !== undefined) add('status_last_terminated_reason', 1, { reason });
  const exitCode = numberAt(last, 'exitCode');
  if (exitCode !== undefined) add('status_last_terminated_exitcode', exitCode);
}
