import type { Status } from '../../../../shared/control-plane/status.ts';
import { HOUR, MIN, NOW, RUN } from './times.ts';

const GIB = 1024 ** 3;

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
  daemon: {
    owner: 'pi5-a-1733',
    startedAt: NOW - 5 * HOUR,
    runs: [{ run: RUN, workflow: 'pod-crashloop-remediation', step: 'decide-action', since: NOW - 6 * MIN }],
    spentTodayUsd: 21.4,
    budgetTodayUsd: 25,
    problems: [{ what: 'Argo CD is not set up.', remedy: 'Set ARGOCD_SERVER and ARGOCD_AUTH_TOKEN.' }],
    breakers: [
      { workflow: 'cluster-health-check', until: NOW + 20 * MIN, reason: 'It has failed three times in an hour.' },
    ],
    outboxWaiting: 2,
  },
};
