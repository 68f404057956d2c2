import { type Cluster, describeRef, type ObjectRef } from '../../shared/cluster/cluster.ts';
import { getNamed } from '../../shared/cluster/near.ts';
import { annotation, type KubeObject, nameOf } from '../../shared/cluster/objects.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, stringAt } from '../../shared/kernel/json.ts';
import { type Container, containersOf } from './health/containers.ts';
import { podsOf } from './workload-pods.ts';

export interface PodChoice {
  readonly ref: ObjectRef;
  readonly pod: KubeObject;
  /** Why this pod, where the caller named a workload. */
  readonly because: string;
}

/** The pod that is named, or the worst one of the workload that is named. */
export async function choosePod(
  cluster: Cluster,
  ref: ObjectRef,
  now: number,
  signal: AbortSignal,
): Promise<PodChoice> {
  if (ref.resource.kind === 'Pod' && ref.resource.group === '')
    return { ref, pod: await getNamed(cluster, ref, signal), because: '' };
  const ranked = await podsOf(cluster, ref, now, signal);
  const [worst] = ranked;
  if (worst === undefined) {
    throw new OpsError(
      'not_found',
      `${describeRef(ref)} has no pods.`,
      `See why: describe or events of ${describeRef(ref)}.`,
    );
  }
  const chosen = { ...ref, resource: await cluster.resolve('pods', signal), name: nameOf(worst.pod) };
  const which = ranked.length === 1 ? 'the only pod' : `the worst of ${ranked.length} pods`;
  const because = ` (${which} of ${ref.resource.kind}/${ref.name}${worst.trouble ? `: ${worst.trouble.reason}` : ''})`;
  return { ref: chosen, pod: worst.pod, because };
}

export interface ContainerChoice {
  readonly name: string;
  readonly others: readonly string[];
}

/** kubectl's own choice of a container. */
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/** The container that is named; else one in trouble, the pod's default, its first. */
export function chooseContainer(pod: KubeObject, wanted: string | undefined): ContainerChoice {
  const names = ['initContainers', 'containers', 'ephemeralContainers'].flatMap((field) =>
    arrayAt(pod, 'spec', field).flatMap((container) => stringAt(container, 'name') ?? []),
  );
  if (wanted !== undefined && !names.includes(wanted)) {
    throw new OpsError('not_found', `Pod/${nameOf(pod)} has no container "${wanted}".`, `It has: ${names.join(', ')}.`);
  }
  const name = wanted ?? containersOf(pod).find(isFailing)?.name ?? defaultContainer(pod, names);
  return { name, others: names.filter((other) => other !== name) };
}

function isFailing({ waiting, running, ended }: Container): boolean {
  return !running && ended !== undefined && (waiting !== undefined || ended.exitCode !== 0);
}

function defaultContainer(pod: KubeObject, names: readonly string[]): string {
  const preferred = annotation(pod, DEFAULT_CONTAINER);
  if (preferred !== undefined && names.includes(preferred)) return preferred;
  return stringAt(arrayAt(pod, 'spec', 'containers')[0], 'name') ?? '';
}
