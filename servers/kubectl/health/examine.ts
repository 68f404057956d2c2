import { type EventGroup, groupEvents } from '../../../shared/cluster/events.ts';
import type { KubeObject } from '../../../shared/cluster/objects.ts';
import { span } from '../../../shared/cluster/times.ts';
import { stringAt } from '../../../shared/kernel/json.ts';
import { short } from '../fit.ts';
import { rank } from '../workload-pods.ts';
import { claimFindings, type Finding, jobFindings, nodeFindings, type Severity, workloadFindings } from './findings.ts';
import { keyOf, type Owner, Owners } from './owners.ts';
import { troubleLines } from './pod-groups.ts';
import type { Snapshot } from './snapshot.ts';

/** All that is wrong with one owner. */
export interface Case {
  readonly owner: Owner;
  readonly severity: Severity;
  readonly lines: readonly string[];
}

/** Milliseconds in which a warning event counts, and of how many reasons a case tells. */
const HOUR = 3_600_000;
const REASONS = 2;
/** Events that the state of pods tells better. */
const TOLD = new Set(['BackOff', 'Failed', 'FailedScheduling']);

/** What is wrong, by owner, the most severe first. */
export function examine({ lists }: Snapshot, now: number): readonly Case[] {
  const owners = new Owners(lists);
  const found = new Map<string, { readonly owner: Owner; readonly findings: Finding[] }>();
  const note = (owner: Owner, findings: readonly Finding[]) => {
    if (findings.length === 0) return;
    const known = found.get(keyOf(owner)) ?? { owner, findings: [] };
    known.findings.push(...findings);
    found.set(keyOf(owner), known);
  };
  const each = (kind: string, objects: readonly KubeObject[], look: (object: KubeObject) => readonly Finding[]) => {
    for (const object of objects) note(owners.ofObject(kind, object), look(object));
  };
  each('Node', lists.nodes, (node) => nodeFindings(node, now));
  each('Deployment', lists.deployments, (one) => workloadFindings({ ...one, kind: 'Deployment' }));
  each('StatefulSet', lists.statefulSets, (one) => workloadFindings({ ...one, kind: 'StatefulSet' }));
  each('DaemonSet', lists.daemonSets, (one) => workloadFindings({ ...one, kind: 'DaemonSet' }));
  each('Job', lists.jobs, (job) => jobFindings(job, now));
  each('PersistentVolumeClaim', lists.claims, (claim) => claimFindings(claim, now));
  notePods(lists.pods, owners, found, note, now);
  noteEvents(lists.events, owners, found, note, now);
  return [...found.values()].map(({ owner, findings }) => toCase(owner, findings)).sort(byUrgency);
}

type Note = (owner: Owner, findings: readonly Finding[]) => void;

/** A failed pod of a Job that did not fail was tried again: it is no news. */
function notePods(
  pods: readonly KubeObject[],
  owners: Owners,
  found: ReadonlyMap<string, unknown>,
  note: Note,
  now: number,
): void {
  const byOwner = Map.groupBy(pods, (pod) => keyOf(owners.ofObject('Pod', pod)));
  for (const [key, members] of byOwner) {
    const [one] = members;
    if (one === undefined) continue;
    const owner = owners.ofObject('Pod', one);
    const ofJob = owner.kind === 'Job' || owner.kind === 'CronJob';
    const counted = members.filter((pod) => !ofJob || found.has(key) || stringAt(pod, 'status', 'phase') !== 'Failed');
    note(owner, troubleLines(rank(counted, now)));
  }
}

/** Events are a notice by themselves, and explain what else was found. */
function noteEvents(
  events: readonly KubeObject[],
  owners: Owners,
  found: ReadonlyMap<string, unknown>,
  note: Note,
  now: number,
): void {
  const ownerOf = ({ kind, name, namespace }: EventGroup) =>
    owners.of({ kind, name, namespace: namespace || undefined });
  const news = groupEvents(events).filter(
    (group) => now - group.last < HOUR && !(TOLD.has(group.reason) && found.has(keyOf(ownerOf(group)))),
  );
  for (const groups of Map.groupBy(news, (group) => keyOf(ownerOf(group))).values()) {
    const [any] = groups;
    if (any === undefined) continue;
    note(ownerOf(any), eventFindings(groups, now));
  }
}

/** The newest reasons, a line each. */
function eventFindings(groups: readonly EventGroup[], now: number): readonly Finding[] {
  const reasons = [...Map.groupBy(groups, ({ reason }) => reason)].reverse().slice(0, REASONS);
  return reasons.map(([reason, same]) => {
    const newest = same.at(-1);
    const times = same.reduce((sum, { count }) => sum + count, 0);
    const ago = `${span(now - (newest?.last ?? now))} ago`;
    return { severity: 1, line: `event ${short(reason, 40)} ${times}×, ${ago}: ${short(newest?.message ?? '', 160)}` };
  });
}

function toCase(owner: Owner, findings: readonly Finding[]): Case {
  const sorted = findings.toSorted((a, b) => b.severity - a.severity);
  return { owner, severity: sorted[0]?.severity ?? 1, lines: sorted.map(({ line }) => line) };
}

function byUrgency(a: Case, b: Case): number {
  return b.severity - a.severity || keyOf(a.owner).localeCompare(keyOf(b.owner));
}
