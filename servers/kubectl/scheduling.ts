import { type KubeObject, nameOf } from '../../shared/cluster/objects.ts';
import { arrayAt, at, isObject, stringAt } from '../../shared/kernel/json.ts';

/**
 * Why a pod cannot be placed on a node whatever its room: `is tainted node-type=pi3`. Undefined where it can.
 * `volumes` are the PersistentVolumes that the pod's claims are bound to: a local one ties it to its node.
 */
export function whyNot(pod: KubeObject, node: KubeObject, volumes: readonly KubeObject[] = []): string | undefined {
  if (at(node, 'spec', 'unschedulable') === true) return 'is closed to new pods';
  const ready = arrayAt(node, 'status', 'conditions').find((condition) => stringAt(condition, 'type') === 'Ready');
  if (stringAt(ready, 'status') !== 'True') return 'is not ready';
  const taint = arrayAt(node, 'spec', 'taints').find((taint) => isHard(taint) && !tolerates(pod, taint));
  if (taint !== undefined) return `is tainted ${stringAt(taint, 'key')}=${stringAt(taint, 'value') ?? ''}`;
  if (!selects(pod, node)) return 'is not what its node selector or affinity wants';
  const away = volumes.find((volume) => !reaches(volume, node));
  return away === undefined ? undefined : `does not have its volume ${nameOf(away)}`;
}

function isHard(taint: unknown): boolean {
  return ['NoSchedule', 'NoExecute'].includes(stringAt(taint, 'effect') ?? '');
}

function tolerates(pod: KubeObject, taint: unknown): boolean {
  return arrayAt(pod, 'spec', 'tolerations').some((toleration) => {
    const effect = stringAt(toleration, 'effect');
    const key = stringAt(toleration, 'key') ?? '';
    const exists = stringAt(toleration, 'operator') === 'Exists';
    if (effect !== undefined && effect !== '' && effect !== stringAt(taint, 'effect')) return false;
    if (key === '') return exists;
    if (key !== stringAt(taint, 'key')) return false;
    return exists || (stringAt(toleration, 'value') ?? '') === (stringAt(taint, 'value') ?? '');
  });
}

/** nodeSelector and the required terms of node affinity. Affinity between pods is left to the scheduler. */
function selects(pod: KubeObject, node: KubeObject): boolean {
  const selector = at(pod, 'spec', 'nodeSelector');
  const wanted = Object.entries(isObject(selector) ? selector : {});
  if (wanted.some(([key, value]) => at(node, 'metadata', 'labels', key) !== value)) return false;
  const required = at(pod, 'spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  return matchesTerms(required, node);
}

function reaches(volume: KubeObject, node: KubeObject): boolean {
  return matchesTerms(at(volume, 'spec', 'nodeAffinity', 'required'), node);
}

function matchesTerms(selector: unknown, node: KubeObject): boolean {
  const terms = arrayAt(selector, 'nodeSelectorTerms');
  return terms.length === 0 || terms.some((term) => matchesTerm(term, node));
}

function matchesTerm(term: unknown, node: KubeObject): boolean {
  const labels = arrayAt(term, 'matchExpressions');
  const fields = arrayAt(term, 'matchFields');
  return (
    labels.length + fields.length > 0 &&
    labels.every((one) => holds(one, stringAt(node, 'metadata', 'labels', stringAt(one, 'key') ?? ''))) &&
    fields.every((one) => stringAt(one, 'key') === 'metadata.name' && holds(one, nameOf(node)))
  );
}

function holds(requirement: unknown, value: string | undefined): boolean {
  const values = arrayAt(requirement, 'values');
  switch (stringAt(requirement, 'operator')) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return Number(value) > Number(values[0]);
    case 'Lt':
      return Number(value) < Number(values[0]);
    default:
      return false;
  }
}
