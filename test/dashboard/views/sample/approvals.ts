import type { Approval } from '../../../../shared/approvals/approval.ts';
import { diffLines } from '../../../../shared/kernel/line-diff.ts';
import { anApproval } from '../../../support/builders.ts';
import { MIN, NOW, RUN } from './times.ts';

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
