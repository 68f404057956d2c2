import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { gitops } from '../binaries/modules.ts';
import type { Lab } from '../component.ts';
import { writePrivate } from '../files.ts';
import { NAMESPACE } from '../gitops/names.ts';
import { kubectl } from '../kubectl-exec.ts';
import { manifest } from '../manifests.ts';
import { secretOf } from '../secrets.ts';

const SETTINGS = manifest('argocd', 'settings.yaml');

/** Its API types and settings in the cluster: Argo CD's own, and over these the lab's. They are there from then on. */
export async function installArgocd(lab: Lab): Promise<void> {
  for (const name of ['home', 'tmp', 'tls', 'ssh', 'gpg/source', 'gpg/keys', 'plugins'])
    await mkdir(lab.path('data', 'argocd', name), { recursive: true, mode: 0o700 });
  const share = (name: string) => lab.file(gitops, 'share', 'argocd', name);
  const mark = lab.path('data', 'argocd', 'installed');
  const wanted = `${share('.')} ${createHash('sha256')
    .update(await readFile(SETTINGS))
    .digest('hex')}`;
  if ((await readFile(mark, 'utf8').catch(() => '')) === wanted) return;
  const apply = (manager: string, ...args: string[]) =>
    kubectl(lab, ['apply', '--server-side', '--force-conflicts', `--field-manager=${manager}`, ...args]);
  await apply('argocd', `--kustomize=${share('crds')}`);
  await untilServed(lab, Date.now() + 120_000);
  await apply('lab', `--filename=${manifest('argocd', 'namespace.yaml')}`);
  await apply('argocd', `--namespace=${NAMESPACE}`, `--kustomize=${share('config')}`);
  await apply('lab', `--filename=${SETTINGS}`);
  await kubectl(lab, ['apply', '--server-side', '--field-manager=lab', '--filename=-'], await webhookSecret(lab));
  await writePrivate(mark, wanted);
}

/** Argo CD's server ends when it starts before its types are served, which they are some time after they were applied. */
async function untilServed(lab: Lab, deadline: number): Promise<void> {
  for (const type of ['applications', 'applicationsets', 'appprojects']) {
    for (;;) {
      try {
        await kubectl(lab, ['get', `${type}.argoproj.io`, '--all-namespaces']);
        break;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await delay(200);
      }
    }
  }
}

/** What Argo CD checks the signature of Gitea's webhook with; it knows Gitea by the name of Gogs. */
async function webhookSecret(lab: Lab): Promise<string> {
  const secret = Buffer.from(await secretOf(lab, 'webhook')).toString('base64');
  const metadata = { name: 'argocd-secret', namespace: NAMESPACE };
  return JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, data: { 'webhook.gogs.secret': secret } });
}
