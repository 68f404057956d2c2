import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gitops } from '../binaries/modules.ts';
import type { Component, Lab } from '../component.ts';
import { writePrivate } from '../files.ts';
import { NAMESPACE } from '../gitops/names.ts';
import { answersOk } from '../http.ts';
import { kubectl } from '../kubectl-exec.ts';
import { manifest } from '../manifests.ts';
import type { PortName } from '../ports.ts';
import { secretOf } from '../secrets.ts';

const SETTINGS = manifest('argocd', 'settings.yaml');

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
  prepare: install,
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

/** Its API types and settings in the cluster: Argo CD's own, and over these the lab's. They are there from then on. */
async function install(lab: Lab): Promise<void> {
  for (const name of ['home', 'tmp', 'tls', 'ssh', 'gpg/source', 'gpg/keys', 'plugins'])
    await mkdir(lab.path('data', 'argocd', name), { recursive: true, mode: 0o700 });
  const share = (name: string) => lab.file(gitops, 'share', 'argocd', name);
  const mark = lab.path('data', 'argocd', 'installed');
  const wanted = `${share('.')} ${createHash('sha256').update(readFileSync(SETTINGS)).digest('hex')}`;
  if ((await readFile(mark, 'utf8').catch(() => '')) === wanted) return;
  const apply = (manager: string, ...args: string[]) =>
    kubectl(lab, ['apply', '--server-side', '--force-conflicts', `--field-manager=${manager}`, ...args]);
  await apply('argocd', `--kustomize=${share('crds')}`);
  await apply('lab', `--filename=${manifest('argocd', 'namespace.yaml')}`);
  await apply('argocd', `--namespace=${NAMESPACE}`, `--kustomize=${share('config')}`);
  await apply('lab', `--filename=${SETTINGS}`);
  await kubectl(lab, ['apply', '--server-side', '--field-manager=lab', '--filename=-'], await webhookSecret(lab));
  await writePrivate(mark, wanted);
}

/** What Argo CD checks the signature of Gitea's webhook with; it knows Gitea by the name of Gogs. */
async function webhookSecret(lab: Lab): Promise<string> {
  const secret = Buffer.from(await secretOf(lab, 'webhook')).toString('base64');
  const metadata = { name: 'argocd-secret', namespace: NAMESPACE };
  return JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, data: { 'webhook.gogs.secret': secret } });
}
