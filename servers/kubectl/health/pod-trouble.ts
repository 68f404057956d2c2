import { ageOf } from '../../../shared/cluster/times.ts';
import { arrayAt, stringAt } from '../../../shared/kernel/json.ts';
import { condition } from './conditions.ts';
import { type Container, containersOf, describeEnd, word } from './containers.ts';

/** What is wrong with one pod. */
export interface Trouble {
  /** 3: it cannot work. 2: it does not work now. 1: it works, after a restart. */
  readonly severity: 1 | 2 | 3;
  /** Groups pods that suffer the same: `CrashLoopBackOff`, `Unschedulable`, ... */
  readonly reason: string;
  readonly detail: string;
}

/** Milliseconds that a pod may take to start before that is worth a word, and for which a restart counts as recent. */
const STARTING = 60_000;
const RECENT = 3_600_000;

/** Waiting that ends by itself. Every other reason is an error. */
const NORMAL_WAITING = new Set(['ContainerCreating', 'PodInitializing', 'Waiting']);

/** The worst that can be said of a pod, or undefined where it is well. */
export function troubleOf(pod: unknown, now: number): Trouble | undefined {
  const phase = stringAt(pod, 'status', 'phase');
  if (phase === 'Succeeded') return undefined;
  if (phase === 'Failed') return failed(pod, now);
  if (stringAt(pod, 'metadata', 'deletionTimestamp') !== undefined) return terminating(pod, now);
  const containers = containersOf(pod);
  return (
    unschedulable(pod) ??
    firstOf(containers, (container) => stuck(container, now)) ??
    slow(pod, containers, now) ??
    firstOf(containers, (container) => restarted(container, now))
  );
}

function failed(pod: unknown, now: number): Trouble {
  const reason = word(stringAt(pod, 'status', 'reason')) ?? 'Failed';
  const message = stringAt(pod, 'status', 'message') ?? '';
  const end = containersOf(pod).find(({ ended }) => ended !== undefined && ended.exitCode !== 0);
  const detail = message === '' && end?.ended !== undefined ? `${end.name}: ${describeEnd(end.ended, now)}` : message;
  return { severity: 2, reason, detail };
}

/** A pod that outlived the time it was given to end: its node is gone, or a finalizer holds it. */
function terminating(pod: unknown, now: number): Trouble | undefined {
  const since = stringAt(pod, 'metadata', 'deletionTimestamp');
  if (now - Date.parse(since ?? '') < 5 * STARTING) return undefined;
  const finalizers = arrayAt(pod, 'metadata', 'finalizers').join(', ');
  const held = finalizers === '' ? 'its node may be gone' : `held by finalizers ${finalizers}`;
  return { severity: 2, reason: 'Terminating', detail: `should have ended ${ageOf(since, now)} ago: ${held}` };
}

function unschedulable(pod: unknown): Trouble | undefined {
  const scheduled = condition(pod, 'PodScheduled');
  if (stringAt(scheduled, 'status') !== 'False') return undefined;
  const reason = word(stringAt(scheduled, 'reason')) ?? 'Unschedulable';
  return { severity: 3, reason, detail: stringAt(scheduled, 'message') ?? '' };
}

/** It waits for what does not come by itself, or it has ended and is not started again. */
function stuck({ name, waiting, ended, running, restarts }: Container, now: number): Trouble | undefined {
  const times = restarts > 0 ? `, ${restarts} restarts` : '';
  const end = ended === undefined ? '' : `, last ${describeEnd(ended, now)}`;
  if (waiting !== undefined && !NORMAL_WAITING.has(waiting.reason)) {
    const oom = ended?.reason === 'OOMKilled' ? ' (OOMKilled)' : '';
    const detail = `container ${name}${times}${end || `: ${waiting.message}`}`;
    return { severity: 3, reason: `${waiting.reason}${oom}`, detail };
  }
  if (running || waiting !== undefined || ended === undefined || ended.exitCode === 0) return undefined;
  return { severity: 3, reason: ended.reason, detail: `container ${name}${times}${end}` };
}

/** Not ready for longer than a start takes. */
function slow(pod: unknown, containers: readonly Container[], now: number): Trouble | undefined {
  const ready = condition(pod, 'Ready');
  if (stringAt(ready, 'status') === 'True') return undefined;
  const since = stringAt(ready, 'lastTransitionTime') ?? stringAt(pod, 'metadata', 'creationTimestamp');
  if (now - Date.parse(since ?? '') < STARTING) return undefined;
  const waiting = containers.find((container) => container.waiting !== undefined)?.waiting?.reason;
  const unready = containers.filter((container) => !container.ready && !container.init).map(({ name }) => name);
  const node = stringAt(pod, 'spec', 'nodeName');
  const where = node === undefined ? 'has no node yet' : `on ${node}`;
  const what = containers.length === 0 ? 'no container was started' : `${unready.join(', ')} not ready`;
  const reason = waiting ?? (stringAt(pod, 'status', 'phase') === 'Pending' ? 'Pending' : 'NotReady');
  return { severity: 2, reason, detail: `for ${ageOf(since, now)} ${where}: ${what}` };
}

function restarted({ name, restarts, ended }: Container, now: number): Trouble | undefined {
  if (restarts === 0 || ended === undefined || now - Date.parse(ended.at ?? '') > RECENT) return undefined;
  return {
    severity: 1,
    reason: 'Restarted',
    detail: `container ${name}, ${restarts} restarts, last ${describeEnd(ended, now)}`,
  };
}

function firstOf(containers: readonly Container[], look: (container: Container) => Trouble | undefined) {
  for (const container of containers) {
    const trouble = look(container);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}
