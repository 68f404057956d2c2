import { type KubeObject, nameOf } from '../../../shared/cluster/objects.ts';
import { ageOf } from '../../../shared/cluster/times.ts';
import { arrayAt, at, numberAt, stringAt } from '../../../shared/kernel/json.ts';
import { count } from '../../../shared/kernel/text.ts';
import { short } from '../fit.ts';
import { condition } from './conditions.ts';
import { progressOf } from './progress.ts';

export type Severity = 1 | 2 | 3;

export interface Finding {
  /** 3: critical. 2: a warning. 1: a notice. */
  readonly severity: Severity;
  readonly line: string;
}

/** Milliseconds: a claim may be bound, and a Job's failure be news, for so long. */
const BINDING = 60_000;
const NEWS = 24 * 3_600_000;

const trueOf = (object: unknown, type: string) => stringAt(condition(object, type), 'status') === 'True';

export function nodeFindings(node: KubeObject, now: number): readonly Finding[] {
  const findings: Finding[] = [];
  const ready = condition(node, 'Ready');
  if (stringAt(ready, 'status') !== 'True') {
    const age = ageOf(stringAt(ready, 'lastTransitionTime'), now);
    findings.push({ severity: 3, line: `not ready for ${age}: ${because(ready)}` });
  }
  for (const one of arrayAt(node, 'status', 'conditions')) {
    const type = stringAt(one, 'type') ?? '';
    const pressed = /Pressure$|^NetworkUnavailable$/.test(type) && at(one, 'status') === 'True';
    if (pressed) findings.push({ severity: 2, line: `${type}: ${because(one)}` });
  }
  if (at(node, 'spec', 'unschedulable') === true) findings.push({ severity: 1, line: 'cordoned: takes no new pods' });
  return findings;
}

/** `pi3 (node-type=pi3:NoSchedule)` */
export function nodeSummary(node: KubeObject): string {
  const taints = arrayAt(node, 'spec', 'taints').map((taint) => {
    const value = stringAt(taint, 'value');
    return `${stringAt(taint, 'key')}${value === undefined ? '' : `=${value}`}:${stringAt(taint, 'effect')}`;
  });
  return `${nameOf(node)}${taints.length === 0 ? '' : ` (${taints.join(', ')})`}`;
}

/** A Deployment, StatefulSet or DaemonSet with fewer ready pods than it wants. */
export function workloadFindings(workload: KubeObject): readonly Finding[] {
  const { wanted, ready, state, reason } = progressOf(workload);
  const findings: Finding[] = [];
  if (ready < wanted) {
    const stuck = state === 'stuck' ? `, rollout stuck (${reason})` : '';
    findings.push({ severity: ready === 0 || state === 'stuck' ? 3 : 2, line: `${ready} of ${wanted} ready${stuck}` });
  } else if (state === 'stuck') findings.push({ severity: 2, line: `rollout stuck (${reason})` });
  if (trueOf(workload, 'ReplicaFailure')) {
    findings.push({ severity: 3, line: `cannot make pods: ${because(condition(workload, 'ReplicaFailure'))}` });
  }
  return findings;
}

export function jobFindings(job: KubeObject, now: number): readonly Finding[] {
  const failed = condition(job, 'Failed');
  const when = stringAt(failed, 'lastTransitionTime');
  if (!trueOf(job, 'Failed') || now - Date.parse(when ?? '') > NEWS) return [];
  const tries = numberAt(job, 'status', 'failed') ?? 0;
  return [
    {
      severity: 2,
      line: `Job ${nameOf(job)} failed ${ageOf(when, now)} ago after ${count(tries, 'failed pod')}: ${because(failed)}`,
    },
  ];
}

export function claimFindings(claim: KubeObject, now: number): readonly Finding[] {
  const phase = stringAt(claim, 'status', 'phase');
  const born = stringAt(claim, 'metadata', 'creationTimestamp');
  const storageClass = stringAt(claim, 'spec', 'storageClassName') ?? 'none';
  if (phase === 'Lost') return [{ severity: 3, line: 'its volume is lost' }];
  if (phase !== 'Pending' || now - Date.parse(born ?? '') < BINDING) return [];
  return [{ severity: 2, line: `claim pending for ${ageOf(born, now)} (storage class ${storageClass})` }];
}

function because(one: unknown): string {
  const [reason, message] = [stringAt(one, 'reason'), stringAt(one, 'message')];
  return short([reason, message].filter(Boolean).join(': ') || 'no reason given', 200);
}
