import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Lab } from '../component.ts';
import { exists, writePrivate } from '../files.ts';
import { kubectl } from '../kubectl-exec.ts';
import { manifest } from '../manifests.ts';
import { secretFile } from '../secrets.ts';
import { Api, argocdApi, argocdUrl, giteaUrl, tokenFile } from './api.ts';
import { NAMESPACE, OWNER } from './names.ts';
import { repositoryUrl } from './seed.ts';

const token = z.object({ token: z.string() });

/** Tokens, the key to the repository, and the Applications; `web` is synced once, since it waits for somebody to do so. */
export async function ensureArgocd(lab: Lab, moved: boolean): Promise<void> {
  if (!(await exists(tokenFile.argocdViewer(lab)))) await makeTokens(lab);
  const seeded = lab.path('data', 'argocd', 'seeded');
  if (!moved && (await exists(seeded))) return;
  await kubectl(lab, ['apply', '--filename=-'], JSON.stringify(await repositorySecret(lab)));
  const applications = await readFile(manifest('argocd', 'applications.yaml'), 'utf8');
  const rendered = applications.replaceAll('REPOSITORY_URL', repositoryUrl(giteaUrl(lab)));
  await kubectl(lab, ['apply', '--filename=-'], rendered);
  if (!(await exists(seeded))) await (await argocdApi(lab)).call('POST', '/applications/web/sync', {});
  await writePrivate(seeded, '');
}

async function makeTokens(lab: Lab): Promise<void> {
  const password = await initialPassword(lab);
  await writePrivate(secretFile(lab, 'argocd.password'), password);
  const url = `${argocdUrl(lab)}/api/v1`;
  const session = token.parse(await new Api(url).call('POST', '/session', { username: 'admin', password }));
  const api = new Api(url, `Bearer ${session.token}`);
  const make = async (account: string) =>
    token.parse(await api.call('POST', `/account/${account}/token`, { name: account, expiresIn: 0 })).token;
  await writePrivate(tokenFile.argocd(lab), await make('operator'));
  await writePrivate(tokenFile.argocdViewer(lab), await make('viewer'));
}

/** What the server made up with its first start. */
async function initialPassword(lab: Lab): Promise<string> {
  const path = '--output=jsonpath={.data.password}';
  const secret = ['get', 'secret', 'argocd-initial-admin-secret', `--namespace=${NAMESPACE}`, path];
  return Buffer.from(await kubectl(lab, secret), 'base64').toString('utf8');
}

/** What Argo CD reads the repository with. */
async function repositorySecret(lab: Lab): Promise<object> {
  const label = { 'argocd.argoproj.io/secret-type': 'repository' };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'repository-gitops', namespace: NAMESPACE, labels: label },
    stringData: {
      type: 'git',
      url: repositoryUrl(giteaUrl(lab)),
      username: OWNER,
      password: await readFile(tokenFile.gitea(lab), 'utf8'),
    },
  };
}
