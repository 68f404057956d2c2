import type { KubeObject } from '../../../shared/cluster/objects.ts';
import { at, numberAt, stringAt } from '../../../shared/kernel/json.ts';
import { condition } from './conditions.ts';
import { word } from './containers.ts';

/** How far a rollout is. The rules are those of `kubectl rollout status` (kubectl/pkg/polymorphichelpers). */
export interface Progress {
  readonly wanted: number;
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
  readonly state: 'done' | 'rolling' | 'paused' | 'stuck' | 'on delete';
  /** Why it is stuck, as one word of the controller. */
  readonly reason: string | undefined;
}

export function progressOf(workload: KubeObject): Progress {
  const numbers = workload.kind === 'DaemonSet' ? daemonSetNumbers(workload) : replicaNumbers(workload);
  const progressing = condition(workload, 'Progressing');
  const failed =
    stringAt(progressing, 'status') === 'False' ? (word(at(progressing, 'reason')) ?? 'Failed') : undefined;
  return { ...numbers, reason: failed, state: stateOf(workload, numbers, failed) };
}

type Numbers = Pick<Progress, 'wanted' | 'updated' | 'ready' | 'available'>;

function replicaNumbers(workload: unknown): Numbers {
  const status = (field: string) => numberAt(workload, 'status', field) ?? 0;
  const wanted = numberAt(workload, 'spec', 'replicas') ?? 1;
  const updated = status('updatedReplicas');
  return { wanted, updated, ready: status('readyReplicas'), available: status('availableReplicas') };
}

function daemonSetNumbers(workload: unknown): Numbers {
  const status = (field: string) => numberAt(workload, 'status', field) ?? 0;
  return {
    wanted: status('desiredNumberScheduled'),
    updated: status('updatedNumberScheduled'),
    ready: status('numberReady'),
    available: status('numberAvailable'),
  };
}

function stateOf(workload: KubeObject, numbers: Numbers, failed: string | undefined): Progress['state'] {
  const { wanted, updated, ready, available } = numbers;
  if (stringAt(workload, 'spec', 'updateStrategy', 'type') === 'OnDelete') return 'on delete';
  const seen =
    (numberAt(workload, 'status', 'observedGeneration') ?? 0) >= (numberAt(workload, 'metadata', 'generation') ?? 0);
  const partition = numberAt(workload, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
  const old = workload.kind === 'Deployment' ? (numberAt(workload, 'status', 'replicas') ?? 0) - updated : 0;
  const enough = workload.kind === 'StatefulSet' ? ready >= wanted : available >= wanted;
  if (seen && updated >= wanted - partition && old <= 0 && enough) return 'done';
  if (failed !== undefined) return 'stuck';
  return at(workload, 'spec', 'paused') === true ? 'paused' : 'rolling';
}
