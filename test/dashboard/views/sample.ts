import type { Approval } from '../../../shared/approvals/approval.ts';
import type { AuditRecord } from '../../../shared/audit/record.ts';
import type { InboxEntry } from '../../../shared/control-plane/ports.ts';
import type { Status, WorkflowList } from '../../../shared/control-plane/status.ts';
import { diffLines } from '../../../shared/kernel/line-diff.ts';
import type { RunEvent } from '../../../shared/workflow/events.ts';
import { anApproval } from '../../support/builders.ts';
import { type Kept, NOW } from './plane.ts';

const MIN = 60_000;
const HOUR = 60 * MIN;
const GIB = 1024 ** 3;
const RUN = 'run-7k2m4x9q1c';

export const STATUS: Status = {
  at: NOW - 20_000,
  by: 'daemon',
  nodes: {
    at: NOW - 20_000,
    items: [
      {
        name: 'pi5-a',
        ready: true,
        roles: ['control-plane', 'worker'],
        pressures: [],
        cpu: { used: 1.4, of: 4 },
        memory: { used: 4.9 * GIB, of: 8 * GIB },
      },
      {
        name: 'pi5-b',
        ready: true,
        roles: ['worker'],
        pressures: ['MemoryPressure'],
        cpu: { used: 2.6, of: 4 },
        memory: { used: 7.5 * GIB, of: 8 * GIB },
      },
      {
        name: 'pi3',
        ready: true,
        roles: ['worker'],
        pressures: [],
        cpu: { used: 0.3, of: 4 },
        memory: { used: 0.83 * GIB, of: 0.98 * GIB },
      },
    ],
  },
  pods: {
    at: NOW - 20_000,
    items: [
      {
        namespace: 'shop',
        name: 'web-6d5f8b9c7d-x2x4k',
        reason: 'CrashLoopBackOff',
        restarts: 14,
        since: NOW - 38 * MIN,
      },
      { namespace: 'media', name: 'jellyfin-0', reason: 'ImagePullBackOff', restarts: 0, since: NOW - 9 * MIN },
    ],
  },
  alerts: {
    at: NOW - 25_000,
    items: [
      {
        name: 'KubePodCrashLooping',
        severity: 'warning',
        state: 'firing',
        namespace: 'shop',
        summary: 'Pod shop/web-6d5f8b9c7d-x2x4k is restarting 2.1 times in 10 minutes.',
        since: NOW - 35 * MIN,
      },
      {
        name: 'NodeMemoryHighUtilization',
        severity: 'critical',
        state: 'firing',
        summary: 'pi5-b has used more than 90 % of its memory for 15 minutes.',
        since: NOW - 12 * MIN,
      },
      {
        name: 'KubeSchedulerDown',
        severity: 'critical',
        state: 'silenced',
        summary: 'k0s runs the scheduler outside of the cluster.',
        since: NOW - 90 * HOUR,
      },
    ],
  },
  apps: {
    at: NOW - 11 * MIN,
    error: 'Argo CD did not answer within 10 s.',
    items: [
      {
        name: 'shop',
        sync: 'OutOfSync',
        health: 'Degraded',
        revision: '9c1f0d2b7a',
        message: 'Deployment/web: 1 of 2 replicas are ready',
      },
      { name: 'media', sync: 'Synced', health: 'Progressing', revision: '51d20aa9e4' },
      { name: 'monitoring', sync: 'Synced', health: 'Healthy', revision: '51d20aa9e4' },
    ],
  },
  trends: [
    { name: 'CPU', unit: 'percent', points: [21, 24, 22, 30, 28, 35, 31, 29, 38, 44, 41, 36] },
    { name: 'Memory', unit: 'percent', points: [68, 68, 69, 71, 70, 72, 74, 75, 77, 79, 78, 79] },
    { name: 'Pods not ready', unit: 'count', points: [0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2] },
    { name: 'Alerts', unit: 'count', points: [0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2] },
  ],
};

const DEPLOYMENT = (memory: string, image: string, more: readonly string[]) =>
  [
    'spec:',
    '  replicas: 2',
    '  template:',
    '    spec:',
    '      containers:',
    '        - name: web',
    `          image: shop/web:${image}`,
    '          resources:',
    '            limits:',
    `              memory: ${memory}`,
    ...more.map((line) => `          ${line}`),
    '',
  ].join('\n');
const PROBES = [
  'readinessProbe:',
  '  httpGet:',
  '    path: /healthz',
  '    port: 8080',
  '  periodSeconds: 5',
  'startupProbe:',
  '  httpGet:',
  '    path: /healthz',
  '    port: 8080',
  '  failureThreshold: 30',
];
const DIFF = diffLines(DEPLOYMENT('128Mi', '1.4.2', []), DEPLOYMENT('256Mi', '1.4.3', PROBES));

export const APPROVALS: readonly Approval[] = [
  anApproval({
    id: 'ap-3h8k2m9x4q',
    agent: 'k8s-diagnostician',
    change: 'replicas 2 → 3',
    why: 'one of two replicas is down, and requests queue up',
    risk: 'needs 128 MiB on a node that is above 90 %',
    details: 'Deployment/web in shop: replicas 2 → 3',
    fingerprint: '5b1d0cc2ab9e',
    input: { kind: 'deploy', name: 'web', namespace: 'shop', replicas: 3 },
    createdAt: NOW - 2 * MIN,
    expiresAt: NOW + 12.6 * MIN,
  }),
  anApproval({
    id: 'ap-9r4t6w2e8y',
    key: 'key-2',
    server: 'gitea',
    tool: 'propose_change',
    agent: 'git-operator',
    what: 'propose File/apps/shop/web.yaml in home/gitops',
    change: '+12 −2 lines',
    why: 'the container is killed for its memory (exit code 137, 14 times)',
    risk: 'Argo CD rolls it out to 2 pods when it is merged',
    details: ['apps/shop/web.yaml on a new branch from main at 9c1f0d2b', DIFF.text].join('\n'),
    fingerprint: '9c1f0d2b7a41',
    rule: '"propose" (default)',
    input: { repo: 'home/gitops', path: 'apps/shop/web.yaml', message: 'fix(shop): more memory for web' },
    run: RUN,
    createdAt: NOW - 4 * MIN,
    expiresAt: NOW + 10.2 * MIN,
  }),
  anApproval({
    id: 'ap-1v5z7n3p0s',
    key: 'key-3',
    agent: 'argocd-operator',
    server: 'argocd',
    tool: 'sync_app',
    what: 'sync Application/media in argocd',
    change: '3 objects change',
    state: 'void',
    result: 'the target has moved since this was asked',
    createdAt: NOW - 50 * MIN,
    expiresAt: NOW - 35 * MIN,
  }),
  anApproval({
    id: 'ap-2c6b8d4f1g',
    key: 'key-4',
    agent: 'k8s-diagnostician',
    what: 'delete PersistentVolumeClaim/cache in media',
    change: 'deletes it',
    tool: 'delete',
    state: 'rejected',
    settled: { at: NOW - 61 * MIN, by: 'anna', via: 'dashboard', reason: 'The films are in there.' },
    createdAt: NOW - 64 * MIN,
    expiresAt: NOW - 49 * MIN,
  }),
];

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

export const EVENTS: readonly RunEvent[] = [
  {
    type: 'created',
    at: NOW - 6 * MIN,
    run: RUN,
    workflow: 'pod-crashloop-remediation',
    hash: 'h',
    inputs: {},
    deadline: NOW + 24 * MIN,
    lock: 'shop/web',
    steps: ['diagnose', 'check-logs', 'decide-action', 'notify'],
    cause: {
      kind: 'alert',
      by: 'alertmanager',
      alert: {
        labels: { alertname: 'KubePodCrashLooping', namespace: 'shop' },
        annotations: {},
        status: 'firing',
        startsAt: '',
        endsAt: '',
        generatorURL: '',
        fingerprint: 'f1',
      },
    },
  },
  { type: 'admitted', at: NOW - 6 * MIN + 100 },
  { type: 'step-started', at: NOW - 6 * MIN + 200, step: 'diagnose', attempt: 1, deadline: NOW },
  {
    type: 'step-finished',
    at: NOW - 5 * MIN + 9_000,
    step: 'diagnose',
    attempt: 1,
    answer: { pod: 'web-6d5f8b9c7d-x2x4k', restarts: 14 },
  },
  { type: 'step-started', at: NOW - 5 * MIN + 9_100, step: 'check-logs', attempt: 1, deadline: NOW },
  {
    type: 'step-finished',
    at: NOW - 4 * MIN + 20_000,
    step: 'check-logs',
    attempt: 1,
    answer: { cause: 'oom', evidence: 'exit code 137' },
  },
  { type: 'step-started', at: NOW - 4 * MIN + 20_100, step: 'decide-action', attempt: 1, deadline: NOW + 5 * MIN },
];

export const WORKFLOWS: WorkflowList = {
  at: NOW - 3 * HOUR,
  by: 'daemon',
  workflows: [
    {
      name: 'cluster-health-check',
      description: 'Comprehensive cluster health assessment.',
      file: 'health/cluster-health-check.yaml',
      triggers: ['every 6 hours', 'manual'],
      inputs: [],
      steps: [
        { name: 'nodes', agent: 'k8s-diagnostician', what: 'Check node status and resource pressure' },
        { name: 'anomalies', agent: 'prometheus-analyst', what: 'Query for anomalies in the last 6 hours' },
        { name: 'summary', agent: 'k8s-orchestrator', what: 'Summarize findings and recommend actions' },
      ],
      autoApprove: [],
      nextRunAt: NOW + 2.5 * HOUR,
    },
    {
      name: 'pod-crashloop-remediation',
      description: 'Finds out why a pod crashes, and proposes a change.',
      file: 'incidents/pod-crashloop.yaml',
      triggers: ['alert KubePodCrashLooping', 'manual'],
      inputs: [
        { name: 'namespace', description: 'Where the pod is.', required: true },
        { name: 'pod', description: 'Its name.', required: true },
        { name: 'lines', description: 'Of its logs; 100 unless told.', required: false },
      ],
      steps: [
        { name: 'diagnose', agent: 'k8s-diagnostician', what: 'get-pod-status' },
        { name: 'check-logs', agent: 'k8s-diagnostician', what: 'analyze-logs' },
        {
          name: 'decide-action',
          agent: 'argocd-operator',
          what: 'update-resources, if the cause is oom; else restart-pod',
        },
        { name: 'notify', what: 'report' },
      ],
      autoApprove: ['restart pod'],
    },
    {
      name: 'rollback-app',
      description: 'Takes an application back to the release before.',
      file: 'deploy/rollback-app.yaml',
      triggers: ['manual'],
      inputs: [{ name: 'app', description: 'The Argo CD application.', required: true }],
      steps: [{ name: 'find', agent: 'argocd-operator', what: 'get-app-status' }],
      autoApprove: [],
    },
  ],
};

const INBOX: readonly InboxEntry[] = [
  {
    id: 'in-1',
    version: 1,
    receivedAt: NOW - 5_000,
    updatedAt: NOW - 5_000,
    seen: 1,
    body: { kind: 'manual', workflow: 'pod-crashloop-remediation', inputs: {}, by: 'anna' },
  },
];

/** A cluster on a bad morning: something of everything that the pages can show. */
export const SAMPLE: Kept = {
  approvals: APPROVALS,
  records: RECORDS,
  chains: [
    { writer: 'kubectl-4123', records: 1_841, lastAt: new Date(NOW - MIN).toISOString() },
    { writer: 'gitea-4130', records: 212, lastAt: new Date(NOW - HOUR).toISOString() },
  ],
  runs: { [RUN]: EVENTS },
  rows: [
    {
      run: RUN,
      workflow: 'pod-crashloop-remediation',
      status: 'running',
      createdAt: NOW - 6 * MIN,
      updatedAt: NOW - 4 * MIN,
    },
    {
      run: 'run-1a9s8d7f6g',
      workflow: 'cluster-health-check',
      status: 'succeeded',
      createdAt: NOW - 3.5 * HOUR,
      updatedAt: NOW - 3.4 * HOUR,
    },
  ],
  inbox: INBOX,
  status: STATUS,
  workflows: WORKFLOWS,
};
