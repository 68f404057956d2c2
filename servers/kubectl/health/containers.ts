import { ageOf } from '../../../shared/cluster/times.ts';
import { arrayAt, at, numberAt, stringAt } from '../../../shared/kernel/json.ts';

/** One container of a pod, as its status tells it. */
export interface Container {
  readonly name: string;
  readonly init: boolean;
  readonly ready: boolean;
  readonly restarts: number;
  readonly running: boolean;
  /** Why it waits: `CrashLoopBackOff`, `ImagePullBackOff`, `ContainerCreating`, ... */
  readonly waiting: { readonly reason: string; readonly message: string } | undefined;
  /** How its present run ended, or else the one before. */
  readonly ended: Ended | undefined;
}

export interface Ended {
  readonly exitCode: number;
  /** `OOMKilled`, `Error`, `Completed`, ... */
  readonly reason: string;
  readonly message: string;
  readonly at: string | undefined;
}

/** Init containers first, as they run. */
export function containersOf(pod: unknown): readonly Container[] {
  const from = (field: string, init: boolean) =>
    arrayAt(pod, 'status', field).map((status) => parseContainer(status, init));
  return [...from('initContainerStatuses', true), ...from('containerStatuses', false)];
}

function parseContainer(status: unknown, init: boolean): Container {
  const waiting = at(status, 'state', 'waiting');
  const ended = at(status, 'state', 'terminated') ?? at(status, 'lastState', 'terminated');
  return {
    name: stringAt(status, 'name') ?? '',
    init,
    ready: at(status, 'ready') === true,
    restarts: numberAt(status, 'restartCount') ?? 0,
    running: at(status, 'state', 'running') !== undefined,
    waiting:
      waiting === undefined
        ? undefined
        : { reason: word(at(waiting, 'reason')) ?? 'Waiting', message: stringAt(waiting, 'message') ?? '' },
    ended: ended === undefined ? undefined : parseEnded(ended),
  };
}

function parseEnded(terminated: unknown): Ended {
  return {
    exitCode: numberAt(terminated, 'exitCode') ?? 0,
    reason: word(at(terminated, 'reason')) ?? 'Unknown',
    message: stringAt(terminated, 'message') ?? '',
    at: stringAt(terminated, 'finishedAt'),
  };
}

/** A reason is one CamelCase word by convention only; anything else could be text that wants to be an instruction. */
export function word(reason: unknown): string | undefined {
  return typeof reason === 'string' && /^[A-Z][A-Za-z0-9]{0,49}$/.test(reason) ? reason : undefined;
}

/** `OOMKilled, exit 137, 5m ago: message` */
export function describeEnd({ exitCode, reason, message, at: when }: Ended, now: number): string {
  const ago = when === undefined ? '' : `, ${ageOf(when, now)} ago`;
  return `${reason}, exit ${exitCode}${ago}${message === '' ? '' : `: ${message.trim()}`}`;
}
