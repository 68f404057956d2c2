import type { Approval } from '../../shared/approvals/approval.ts';
import type { DaemonStatus, Status } from '../../shared/control-plane/status.ts';
import type { Call, Caller, Planned, ReadEffect, WriteEffect } from '../../shared/gate/call.ts';
import type { Action, Kind } from '../../shared/kernel/action.ts';

export const POD: Kind = { kind: 'Pod', group: '', names: ['pods', 'pod', 'po'] };
export const NODE: Kind = { kind: 'Node', group: '', names: ['nodes', 'node', 'no'] };
export const DEPLOYMENT: Kind = { kind: 'Deployment', group: 'apps', names: ['deployments', 'deployment', 'deploy'] };
export const PVC: Kind = {
  kind: 'PersistentVolumeClaim',
  group: '',
  names: ['persistentvolumeclaims', 'persistentvolumeclaim', 'pvc'],
};

export function anAction(change: Partial<Action> = {}): Action {
  return { server: 'kubectl', verb: 'scale', kind: DEPLOYMENT, namespace: 'shop', name: 'web', ...change };
}

export function anApproval(change: Partial<Approval> = {}): Approval {
  return {
    id: 'ap-0000000001',
    key: 'key-1',
    server: 'kubectl',
    tool: 'scale',
    what: 'scale Deployment/web in shop',
    change: 'replicas 2 → 5',
    why: 'more load',
    risk: 'needs room on the nodes',
    details: 'Deployment/web in shop: replicas 2 → 5',
    fingerprint: 'seen-1',
    input: { replicas: 5 },
    rule: '"scale" (default)',
    state: 'pending',
    createdAt: 1_000,
    expiresAt: 901_000,
    ...change,
  };
}

export function aPlan(change: { seen?: unknown; run?: Planned['run'] } = {}): Planned {
  return {
    preview: {
      change: 'replicas 2 → 5',
      risk: 'needs room',
      details: 'the whole diff',
      seen: change.seen ?? { uid: 'u1' },
    },
    run: change.run ?? (() => Promise.resolve({ text: 'scaled' })),
  };
}

export function aWrite(plan: Planned | (() => Promise<Planned>)): WriteEffect {
  return { kind: 'write', plan: typeof plan === 'function' ? plan : () => Promise.resolve(plan) };
}

export function aRead(run: ReadEffect['run'] = () => Promise.resolve({ text: '3 pods.', data: 'NAME' })): ReadEffect {
  return { kind: 'read', run };
}

export function aCall(change: Partial<Call> & { action?: Partial<Action> } = {}): Call {
  const { action, ...rest } = change;
  return {
    server: 'kubectl',
    tool: 'scale',
    input: { kind: 'deploy', name: 'web', namespace: 'shop', replicas: 5 },
    why: 'more load',
    actions: () => Promise.resolve([anAction(action)]),
    effect: aWrite(aPlan()),
    ...rest,
  };
}

export function aCaller(change: Partial<Caller> = {}): Caller {
  return { signal: new AbortController().signal, canAsk: true, ...change };
}

export const A_DAEMON: DaemonStatus = {
  ...{ owner: 'pi5:1', startedAt: 1_000, runs: [], spentTodayUsd: 0, budgetTodayUsd: 25 },
  ...{ problems: [], breakers: [], outboxWaiting: 0 },
};

/** Of a cluster with nothing in it. Without `daemon` it is one of a dashboard that looks by itself. */
export function aStatus(at: number, daemon?: DaemonStatus): Status {
  const empty = { at, items: [] };
  const parts = { nodes: empty, pods: empty, alerts: empty, apps: empty, trends: [] };
  return { at, by: 'pi5', ...parts, ...(daemon !== undefined && { daemon }) };
}
