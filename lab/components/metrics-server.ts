import { readFile } from 'node:fs/promises';
import type { Component, Lab } from '../component.ts';
import { answersOk } from '../http.ts';
import { kubectl } from '../kubectl-exec.ts';

export const metricsServer: Component = {
  name: 'metrics-server',
  ports: ['metrics-server'],
  needs: ['kube-apiserver'],
  command: ({ program, kubeconfig, path, ports }) => ({
    file: program('metrics-server'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${ports['metrics-server']}`,
      `--tls-cert-file=${path('pki', 'server.crt')}`,
      `--tls-private-key-file=${path('pki', 'server.key')}`,
      '--kubelet-preferred-address-types=InternalIP',
      '--kubelet-use-node-status-port',
      `--kubelet-certificate-authority=${path('pki', 'ca.crt')}`,
      // The shortest that it takes: a lab is looked at seconds after its start.
      '--kubelet-request-timeout=5s',
      '--metric-resolution=10s',
    ],
  }),
  prepare: async (lab) => {
    await kubectl(lab, ['apply', '-f', '-'], JSON.stringify(await metricsApi(lab)));
  },
  ready: ({ ports, caFile }) => answersOk(`https://127.0.0.1:${ports['metrics-server']}/livez`, caFile),
};

/** Tells the API server where `metrics.k8s.io` is answered. An external name, since no pod can be reached here. */
async function metricsApi({ caFile, ports }: Lab): Promise<object> {
  const port = ports['metrics-server'];
  const name = { name: 'metrics-server', namespace: 'kube-system' };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: name,
    spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ name: 'https', port }] },
  };
  const api = {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1beta1.metrics.k8s.io' },
    spec: {
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      caBundle: (await readFile(caFile)).toString('base64'),
      service: { ...name, port },
    },
  };
  return { apiVersion: 'v1', kind: 'List', items: [service, api] };
}
