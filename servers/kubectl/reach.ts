import type { Cluster, ObjectRef } from '../../shared/cluster/cluster.ts';
import { listAll } from '../../shared/cluster/lists.ts';
import { type KubeObject, nameOf } from '../../shared/cluster/objects.ts';
import { arrayAt, at, stringAt } from '../../shared/kernel/json.ts';
import { count } from '../../shared/kernel/text.ts';
import { countKinds, dependentsOf, type Item, takeInventory } from './inventory.ts';
import { uidOf } from './preview.ts';

/** How far a deletion reaches. */
export interface Reach {
  /** Other objects that depend on it, or are in it. */
  readonly dependents: readonly Item[];
  /** Kinds that could not be looked through. */
  readonly unseen: readonly string[];
  /** In a few words. */
  readonly risk: string;
  /** What a person should know besides. */
  readonly notes: readonly string[];
}

const MANY = 1000;

type Look = (cluster: Cluster, ref: ObjectRef, live: KubeObject, signal: AbortSignal) => Promise<readonly string[]>;

/** What only some kinds take with them, or leave behind. */
const LOOKS: Readonly<Record<string, Look>> = {
  Namespace: async (cluster, { name }, _, signal) => (await claimsIn(cluster, name, signal)).map(describeClaim),
  PersistentVolumeClaim: async (cluster, ref, live, signal) => [
    describeClaim(live),
    ...(await mounts(cluster, ref, signal)),
  ],
  PersistentVolume: async (_, __, live) => [
    `reclaim policy ${stringAt(live, 'spec', 'persistentVolumeReclaimPolicy')}, claimed by ${stringAt(live, 'spec', 'claimRef', 'namespace') ?? '-'}/${stringAt(live, 'spec', 'claimRef', 'name') ?? '-'}`,
  ],
  StatefulSet: async (cluster, ref, live, signal) => claimsOfSet(live, await claimsIn(cluster, ref.namespace, signal)),
  CustomResourceDefinition: customResources,
};

export async function reachOf(cluster: Cluster, ref: ObjectRef, live: KubeObject, signal: AbortSignal): Promise<Reach> {
  const isNamespace = ref.resource.kind === 'Namespace' && ref.resource.group === '';
  const inventory = await takeInventory(cluster, isNamespace ? ref.name : ref.namespace, signal);
  const dependents = isNamespace ? inventory.items : dependentsOf(uidOf(live), inventory.items);
  const look = Object.hasOwn(LOOKS, ref.resource.kind) ? LOOKS[ref.resource.kind] : undefined;
  const notes = (await look?.(cluster, ref, live, signal)) ?? [];
  return { dependents, unseen: inventory.unseen, risk: riskOf(ref, dependents, notes), notes };
}

function riskOf({ resource }: ObjectRef, dependents: readonly Item[], notes: readonly string[]): string {
  if (resource.kind === 'CustomResourceDefinition') return notes[0] ?? 'all of its objects go';
  if (dependents.length === 0) return 'it cannot be undone';
  const pods = dependents.filter((item) => item.resource.kind === 'Pod').length;
  const all = `${count(dependents.length, 'other object')}${pods > 0 ? `, ${count(pods, 'pod')} among them` : ''}`;
  return `takes ${all} with it`;
}

async function claimsIn(cluster: Cluster, namespace: string | undefined, signal: AbortSignal) {
  const resource = await cluster.resolve('persistentvolumeclaims', signal);
  return (await listAll(cluster, { resource, namespace, cap: MANY }, signal)).items;
}

function describeClaim(claim: KubeObject): string {
  const volume = stringAt(claim, 'spec', 'volumeName') ?? 'none yet';
  return `PersistentVolumeClaim/${nameOf(claim)} goes; its volume (${volume}) follows its reclaim policy`;
}

async function mounts(cluster: Cluster, { namespace, name }: ObjectRef, signal: AbortSignal) {
  const resource = await cluster.resolve('pods', signal);
  const { items } = await listAll(cluster, { resource, namespace, cap: MANY }, signal);
  const users = items.filter((pod) =>
    arrayAt(pod, 'spec', 'volumes').some((volume) => stringAt(volume, 'persistentVolumeClaim', 'claimName') === name),
  );
  return users.length === 0 ? ['no pod mounts it'] : [`mounted by ${users.map(nameOf).join(', ')}: it waits for them`];
}

/** A StatefulSet's claims are named `<template>-<set>-<ordinal>`, and stay unless it says otherwise. */
function claimsOfSet(set: KubeObject, claims: readonly KubeObject[]): readonly string[] {
  const templates = arrayAt(set, 'spec', 'volumeClaimTemplates').map(nameOf);
  const starts = templates.map((template) => `${template}-${nameOf(set)}-`);
  const own = claims.map(nameOf).filter((claim) => starts.some((start) => /^\d+$/.test(claim.replace(start, ''))));
  if (own.length === 0) return [];
  const goes = at(set, 'spec', 'persistentVolumeClaimRetentionPolicy', 'whenDeleted') === 'Delete';
  return [`its claims ${goes ? 'go too' : 'stay'}: ${own.join(', ')}`];
}

async function customResources(cluster: Cluster, _: ObjectRef, live: KubeObject, signal: AbortSignal) {
  const [plural, group] = [stringAt(live, 'spec', 'names', 'plural'), stringAt(live, 'spec', 'group')];
  const resource = await cluster.resolve(`${plural}.${group}`, signal);
  const { items, cut } = await listAll(cluster, { resource, cap: MANY }, signal);
  return [`takes all ${cut ? 'more than ' : ''}${items.length} ${resource.kind} objects of the cluster with it`];
}

/** The lines of a preview. */
export function reachLines({ dependents, unseen, notes }: Reach, stays: boolean): readonly string[] {
  return [
    dependents.length === 0
      ? 'no other object depends on it'
      : `${stays ? 'stays' : 'goes too'}: ${countKinds(dependents)}`,
    ...notes,
    ...(unseen.length === 0 ? [] : [`not (or not wholly) looked through: ${unseen.join(', ')}`]),
  ];
}
