import type { AuditRecord } from '../../../../shared/audit/record.ts';
import { MIN, NOW, RUN } from './times.ts';

let seq = 400;
export function aRecord(change: Partial<AuditRecord> & { minutesAgo?: number } = {}): AuditRecord {
  const { minutesAgo = 1, ...rest } = change;
  seq -= 1;
  return {
    id: `ac-${seq}`,
    at: new Date(NOW - minutesAgo * MIN).toISOString(),
    phase: 'outcome',
    call: `call-${seq}`,
    agent: 'k8s-diagnostician',
    server: 'kubectl',
    tool: 'get',
    action: [{ verb: 'get', kind: 'Pod', namespace: 'shop' }],
    inputs: { kind: 'pods', namespace: 'shop' },
    masked: [],
    tier: 'safe',
    rule: '"get" (default)',
    approval: { type: 'auto' },
    outcome: { status: 'ok', message: '3 pods', durationMs: 41 },
    writer: 'kubectl-4123',
    seq,
    prev: '0'.repeat(64),
    hash: 'f'.repeat(64),
    ...rest,
  };
}

const yes = { type: 'user-confirmed', by: 'anna', via: 'dashboard' } as const;
export const RECORDS: readonly AuditRecord[] = [
  aRecord({
    minutesAgo: 4,
    tool: 'logs',
    action: [{ verb: 'logs', kind: 'Pod', namespace: 'shop', name: 'web-6d5f8b9c7d-x2x4k' }],
    workflow: 'pod-crashloop-remediation',
    run: RUN,
    outcome: { status: 'ok', message: '100 lines', durationMs: 88 },
  }),
  aRecord({ minutesAgo: 5, workflow: 'pod-crashloop-remediation', run: RUN }),
  aRecord({
    minutesAgo: 21,
    agent: 'argocd-operator',
    server: 'argocd',
    tool: 'sync_app',
    tier: 'confirm',
    action: [{ verb: 'sync', kind: 'Application', namespace: 'argocd', name: 'monitoring' }],
    approval: { ...yes, id: 'ap-8q2w4e6r1t' },
    outcome: { status: 'unknown', message: 'the connection ended before Argo CD had answered', durationMs: 30_000 },
  }),
  aRecord({
    minutesAgo: 61,
    tool: 'delete',
    tier: 'confirm',
    action: [{ verb: 'delete', kind: 'PersistentVolumeClaim', namespace: 'media', name: 'cache' }],
    approval: { ...yes, id: 'ap-2c6b8d4f1g' },
    outcome: { status: 'rejected', message: 'rejected by a person', durationMs: 180_000 },
  }),
  aRecord({
    minutesAgo: 95,
    tool: 'drain',
    tier: 'forbidden',
    action: [{ verb: 'drain', kind: 'Node', name: 'pi5-b' }],
    approval: { type: 'none' },
    outcome: { status: 'refused', message: '"drain" is forbidden', durationMs: 3 },
  }),
  aRecord({
    minutesAgo: 130,
    agent: 'git-operator',
    server: 'gitea',
    tool: 'merge_pull',
    tier: 'confirm',
    action: [{ verb: 'merge', kind: 'PullRequest', namespace: 'home/gitops', name: '41' }],
    approval: { ...yes, id: 'ap-5t7y9u1i3o' },
    outcome: { status: 'ok', message: 'merged as 51d20aa9', durationMs: 412 },
  }),
];
