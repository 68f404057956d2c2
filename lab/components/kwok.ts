import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Component, Lab } from '../component.ts';
import { writePrivate } from '../files.ts';
import { answersOk } from '../http.ts';
import { kubectl } from '../kubectl-exec.ts';
import { writePodLogs } from '../logs.ts';
import { manifest } from '../manifests.ts';

/** How nodes, pods and their usage behave. By files and not by CRDs: the lab's API then shows what the cluster's does. */
const CONFIGS = [
  'node-stages.yaml',
  'node-faults.yaml',
  'pod-stages.yaml',
  'pod-faults.yaml',
  'images.yaml',
  'usage.yaml',
].map((name) => manifest('kwok', name));
/** What is in the cluster from the start. */
const OBJECTS = [manifest('nodes.yaml'), manifest('system.yaml')];

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
      ...[...CONFIGS, podLogConfig(lab)].map((path) => `--config=${path}`),
    ],
    // kwok does not read this. It makes one that was started with other files differ, so that `up` replaces it.
    env: { LAB_MANIFESTS: digest([...CONFIGS, ...OBJECTS]) },
  }),
  prepare: async (lab) => {
    const logs = await writePodLogs(lab.path('pod-logs'), Date.now());
    await writePrivate(podLogConfig(lab), JSON.stringify(logs, null, 2));
    await Promise.all([
      kubectl(lab, ['apply', ...OBJECTS.map((path) => `--filename=${path}`)]),
      // A kwok that was ended still holds its nodes' leases; the next one would wait 40 s for them to expire.
      kubectl(lab, ['delete', 'lease', '--all', '--namespace=kube-node-lease']),
    ]);
  },
  ready: ({ ports, caFile }) => answersOk(`https://127.0.0.1:${ports.kwok}/healthz`, caFile),
};

function digest(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex');
}
