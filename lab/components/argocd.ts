import { dirname } from 'node:path';
import type { Component, Lab } from '../component.ts';
import { NAMESPACE } from '../gitops/names.ts';
import { answersOk } from '../http.ts';
import type { PortName } from '../ports.ts';
import { installArgocd } from './argocd-install.ts';

export const argocdRepoServer: Component = {
  name: 'argocd-repo-server',
  ports: ['argocd-repo-server', 'argocd-repo-server-metrics'],
  needs: ['kube-apiserver', 'redis'],
  command: (lab) => ({
    file: lab.program('argocd-repo-server'),
    args: [
      '--disable-tls',
      '--client-ca-path=',
      ...listen(lab, 'argocd-repo-server'),
      ...metrics(lab, 'argocd-repo-server-metrics'),
      ...common(lab),
    ],
    env: environment(lab),
  }),
  prepare: installArgocd,
  ready: ({ ports }) => answersOk(`http://127.0.0.1:${ports['argocd-repo-server-metrics']}/healthz`),
};

export const argocdServer: Component = {
  name: 'argocd-server',
  ports: ['argocd-server', 'argocd-server-metrics'],
  needs: ['argocd-repo-server'],
  command: (lab) => ({
    file: lab.program('argocd-server'),
    args: [
      '--insecure',
      ...listen(lab, 'argocd-server'),
      ...metrics(lab, 'argocd-server-metrics'),
      ...common(lab),
      ...client(lab),
    ],
    env: environment(lab),
  }),
  ready: ({ ports }) => answersOk(`http://127.0.0.1:${ports['argocd-server']}/healthz`),
};

export const argocdApplicationController: Component = {
  name: 'argocd-application-controller',
  ports: ['argocd-application-controller'],
  needs: ['argocd-repo-server'],
  command: (lab) => ({
    file: lab.program('argocd-application-controller'),
    args: [
      `--metrics-port=${lab.ports['argocd-application-controller']}`,
      // Gitea's webhook tells of each commit at once; this is for one that got lost.
      '--app-resync=30',
      '--app-resync-jitter=0',
      // Within seconds, however often somebody changes the same thing.
      '--self-heal-backoff-cap-seconds=4',
      ...common(lab),
      ...client(lab),
    ],
    env: environment(lab),
  }),
  ready: ({ ports }) => answersOk(`http://127.0.0.1:${ports['argocd-application-controller']}/healthz`),
};

export const argocdApplicationsetController: Component = {
  name: 'argocd-applicationset-controller',
  ports: ['argocd-applicationset-controller', 'argocd-applicationset-probe', 'argocd-applicationset-webhook'],
  // It reads the key that the server makes up with its first start.
  needs: ['argocd-server'],
  command: (lab) => ({
    file: lab.program('argocd-applicationset-controller'),
    args: [
      `--metrics-addr=127.0.0.1:${lab.ports['argocd-applicationset-controller']}`,
      `--probe-addr=127.0.0.1:${lab.ports['argocd-applicationset-probe']}`,
      `--webhook-addr=127.0.0.1:${lab.ports['argocd-applicationset-webhook']}`,
      `--argocd-repo-server=127.0.0.1:${lab.ports['argocd-repo-server']}`,
      '--repo-server-plaintext',
      `--kubeconfig=${lab.kubeconfig}`,
      `--namespace=${NAMESPACE}`,
      ...logging,
    ],
    env: environment(lab),
  }),
  ready: ({ ports }) => answersOk(`http://127.0.0.1:${ports['argocd-applicationset-controller']}/metrics`),
};

const logging = ['--loglevel=warn', '--logformat=json'];

const listen = ({ ports }: Lab, name: PortName) => ['--address=127.0.0.1', `--port=${ports[name]}`];

const metrics = ({ ports }: Lab, name: PortName) => ['--metrics-address=127.0.0.1', `--metrics-port=${ports[name]}`];

const common = ({ ports }: Lab) => [`--redis=127.0.0.1:${ports.redis}`, ...logging];

/** Of those that ask the repo server and the cluster. */
const client = ({ ports, kubeconfig }: Lab) => [
  `--repo-server=127.0.0.1:${ports['argocd-repo-server']}`,
  '--repo-server-plaintext',
  `--kubeconfig=${kubeconfig}`,
  `--namespace=${NAMESPACE}`,
];

/** Its folders and git, and that `https://kubernetes.default.svc` is the lab's own API server. */
function environment(lab: Lab): Record<string, string> {
  const data = (...parts: string[]) => lab.path('data', 'argocd', ...parts);
  return {
    // Its wrappers for git and gpg lie beside the programs.
    PATH: `${dirname(lab.program('argocd'))}:${lab.toolPath}`,
    HOME: data('home'),
    TMPDIR: data('tmp'),
    KUBECONFIG: lab.kubeconfig,
    // By default a fixed place in /tmp: of two labs on one machine, one could not sign in to its Gitea.
    ARGOCD_ASK_PASS_SOCK: data('tmp', 'ask-pass.sock'),
    ARGOCD_FAKE_IN_CLUSTER: 'true',
    ARGOCD_GPG_ENABLED: 'false',
    ARGOCD_TLS_DATA_PATH: data('tls'),
    ARGOCD_SSH_DATA_PATH: data('ssh'),
    ARGOCD_GPG_DATA_PATH: data('gpg', 'source'),
    ARGOCD_GNUPGHOME: data('gpg', 'keys'),
    ARGOCD_PLUGINSOCKFILEPATH: data('plugins'),
  };
}
