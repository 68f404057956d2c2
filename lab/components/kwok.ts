import type { Component, Lab } from '../component.ts';
import { writePrivate } from '../files.ts';
import { answersOk } from '../http.ts';
import { kubectl } from '../kubectl-exec.ts';
import { writePodLogs } from '../logs.ts';
import { manifest } from '../manifests.ts';

/** How nodes, pods and their usage behave. By files and not by CRDs: the lab's API then shows what the cluster's does. */
const CONFIGS = ['node-stages.yaml', 'pod-stages.yaml', 'pod-faults.yaml', 'usage.yaml'];

const podLogConfig = ({ path }: Lab) => path('etc', 'kwok-logs.yaml');

/** Plays the nodes: gives them heartbeats, "runs" their pods, and answers for their kubelets. */
export const kwok: Component = {
  name: 'kwok',
  ports: ['kwok'],
  needs: ['kube-apiserver'],
  command: (lab) => ({
    file: lab.program('kwok'),
    args: [
      `--kubeconfig=${lab.kubeconfig}`,
      '--manage-all-nodes=true',
      '--node-ip=127.0.0.1',
      `--node-port=${lab.ports.kwok}`,
      `--server-address=127.0.0.1:${lab.ports.kwok}`,
      `--tls-cert-file=${lab.path('pki', 'server.crt')}`,
      `--tls-private-key-file=${lab.path('pki', 'server.key')}`,
      '--node-lease-duration-seconds=40',
      '--cidr=10.42.0.0/16',
      ...[...CONFIGS.map((name) => manifest('kwok', name)), podLogConfig(lab)].map((path) => `--config=${path}`),
    ],
  }),
  prepare: async (lab) => {
    const logs = await writePodLogs(lab.path('pod-logs'), Date.now());
    await writePrivate(podLogConfig(lab), JSON.stringify(logs, null, 2));
    await Promise.all([
      kubectl(lab, ['apply', '-f', manifest('nodes.yaml'), '-f', manifest('system.yaml')]),
      // A kwok that was ended still holds its nodes' leases; the next one would wait 40 s for them to expire.
      kubectl(lab, ['delete', 'lease', '--all', '--namespace=kube-node-lease']),
    ]);
  },
  ready: ({ ports, caFile }) => answersOk(`https://127.0.0.1:${ports.kwok}/healthz`, caFile),
};
