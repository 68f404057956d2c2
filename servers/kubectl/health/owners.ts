import { controllerOf, type KubeObject, nameOf, namespaceOf } from '../../../shared/cluster/objects.ts';
import type { Snapshot } from './snapshot.ts';

/** Whom a finding is about: the workload at the top, not the pod that shows it. */
export interface Owner {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
}

export class Owners {
  /** By `kind/namespace/name`: who controls it, or itself. */
  readonly #controllers = new Map<string, Owner>();

  constructor({ pods, replicaSets, jobs, daemonSets, statefulSets }: Snapshot['lists']) {
    this.#add('Pod', pods);
    this.#add('ReplicaSet', replicaSets);
    this.#add('Job', jobs);
    this.#add('DaemonSet', daemonSets);
    this.#add('StatefulSet', statefulSets);
  }

  /** Pod → ReplicaSet → Deployment, Pod → Job → CronJob. */
  of(owner: Owner): Owner {
    const controller = this.#controllers.get(keyOf(owner)) ?? this.#parentOfGone(owner);
    return controller === undefined || keyOf(controller) === keyOf(owner) ? owner : this.of(controller);
  }

  ofObject(kind: string, object: KubeObject): Owner {
    return this.of({ kind, name: nameOf(object), namespace: namespaceOf(object) });
  }

  /** A pod that is gone left events; its name still begins with its controller's. */
  #parentOfGone({ kind, name, namespace }: Owner): Owner | undefined {
    if (kind !== 'Pod') return undefined;
    const parent = name.replace(/-[^-]+$/, '');
    return ['ReplicaSet', 'DaemonSet', 'StatefulSet', 'Job']
      .map((of) => ({ kind: of, name: parent, namespace }))
      .find((candidate) => this.#controllers.has(keyOf(candidate)));
  }

  #add(kind: string, objects: readonly KubeObject[]): void {
    for (const object of objects) {
      const self = { kind, name: nameOf(object), namespace: namespaceOf(object) };
      const controller = controllerOf(object);
      this.#controllers.set(keyOf(self), controller === undefined ? self : { ...self, ...controller });
    }
  }
}

export function keyOf({ kind, namespace, name }: Owner): string {
  return `${kind}/${namespace ?? ''}/${name}`;
}
