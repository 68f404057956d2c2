import type { WorkflowList } from '../../../../shared/control-plane/status.ts';
import type { Alert, RunEvent, Usage } from '../../../../shared/workflow/events.ts';
import { HOUR, MIN, NOW, RUN, VERIFIED_RUN } from './times.ts';

const anAlert = (alertname: string): Alert => ({
  labels: { alertname, namespace: 'shop' },
  annotations: {},
  status: 'firing',
  startsAt: '',
  endsAt: '',
  generatorURL: '',
  fingerprint: 'f1',
});

const usage: Usage = {
  ...{ model: 'sonnet', inputTokens: 1_200, outputTokens: 340, cacheReadTokens: 45_000, cacheWriteTokens: 6_100 },
  ...{ costUsd: 0.0625, turns: 4, durationMs: 41_000 },
};

const by = 'pi5-a-1733';
const transcript = (step: string) => `claude/projects/runs/${RUN}-${step}.jsonl`;

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
      alert: anAlert('KubePodCrashLooping'),
    },
  },
  { type: 'admitted', at: NOW - 6 * MIN + 100 },
  { type: 'step-started', at: NOW - 6 * MIN + 200, step: 'diagnose', attempt: 1, deadline: NOW, by },
  {
    type: 'step-finished',
    at: NOW - 5 * MIN + 9_000,
    step: 'diagnose',
    attempt: 1,
    answer: { pod: 'web-6d5f8b9c7d-x2x4k', restarts: 14 },
    usage,
    transcript: transcript('diagnose'),
  },
  { type: 'step-started', at: NOW - 5 * MIN + 9_100, step: 'check-logs', attempt: 1, deadline: NOW, by },
  {
    type: 'step-finished',
    at: NOW - 4 * MIN + 20_000,
    step: 'check-logs',
    attempt: 1,
    answer: { cause: 'oom', evidence: 'exit code 137' },
    usage: { ...usage, costUsd: 0.5, model: 'haiku' },
    transcript: transcript('check-logs'),
  },
  { type: 'alert-joined', at: NOW - 4 * MIN + 20_050, alert: anAlert('KubeDeploymentReplicasMismatch') },
  { type: 'step-started', at: NOW - 4 * MIN + 20_100, step: 'decide-action', attempt: 1, deadline: NOW + 5 * MIN, by },
  { type: 'alert-resolved', at: NOW - 3 * MIN, alert: anAlert('KubeDeploymentReplicasMismatch'), left: 1 },
];

/** A run that has changed something, which did not help. */
export const VERIFIED_EVENTS: readonly RunEvent[] = [
  {
    ...{ type: 'created', at: NOW - 50 * MIN, run: VERIFIED_RUN, workflow: 'pod-crashloop-remediation', hash: 'h' },
    ...{ inputs: {}, deadline: NOW, steps: ['fix'] },
    cause: { kind: 'alert', by: 'alertmanager', alert: anAlert('KubePodCrashLooping') },
  },
  { type: 'admitted', at: NOW - 50 * MIN },
  { type: 'step-started', at: NOW - 50 * MIN, step: 'fix', attempt: 1, deadline: NOW, by },
  {
    ...{ type: 'step-finished', at: NOW - 48 * MIN, step: 'fix', attempt: 1, answer: { summary: 'Restarted it.' } },
    ...{ changed: 'something', usage },
  },
  {
    ...{ type: 'verified', at: NOW - 33 * MIN, result: 'not-cleared' },
    detail: 'KubePodCrashLooping still fires for web-1, by Alertmanager. Deployment web in shop: 0 of 2 pods ready.',
  },
  { type: 'ended', at: NOW - 33 * MIN, status: 'failed', reason: 'it did not help', outputs: {} },
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
