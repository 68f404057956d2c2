import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { Lab } from '../component.ts';
import { exists, writePrivate } from '../files.ts';
import { kubectl } from '../kubectl-exec.ts';
import { manifest } from '../manifests.ts';
import { secretFile } from '../secrets.ts';
import { argocdOperator, argocdViewer, giteaOwner } from './access.ts';
import { Api, argocdApi } from './api.ts';
import { NAMESPACE, OWNER } from './names.ts';
import { repositoryUrl } from './repository.ts';

/** web, shop, orders, platform with cache and queue, and one for each of two teams. */
const APPLICATIONS = 8;
const SETTLED_WITHIN_MS = 180_000;
const LOOK_EVERY_MS = 300;

const token = z.object({ token: z.string() });

/** Tokens, the key to the repository, and the Applications; `web` is synced once, since it waits for somebody to do so. */
export async function ensureArgocd(lab: Lab): Promise<void> {
  if (!(await exists(argocdViewer(lab).tokenFile))) await makeTokens(lab);
  const url = repositoryUrl(giteaOwner(lab).url);
  // It holds the address of the repository, which changes with Gitea's port.
  const mark = lab.path('data', 'argocd', 'seeded');
  const seeded = await readFile(mark, 'utf8').catch(() => '');
  if (seeded === url) return;
  await kubectl(lab, ['apply', '--filename=-'], JSON.stringify(await repositorySecret(lab)));
  const applications = await readFile(manifest('argocd', 'applications.yaml'), 'utf8');
  await kubectl(lab, ['apply', '--filename=-'], applications.replaceAll('REPOSITORY_URL', url));
  if (seeded === '') {
    const api = await argocdApi(argocdOperator(lab));
    await api.call('POST', '/applications/web/sync', {});
    await settled(api);
  }
  await writePrivate(mark, url);
}

const applicationList = z.object({
  items: z.array(
    z.object({
      status: z.object({
        sync: z.object({ status: z.string() }).optional(),
        health: z.object({ status: z.string().optional() }).optional(),
      }),
    }),
  ),
});

/** Waits until all that is to run runs: a lab that is up is one that can be worked with. */
async function settled(api: Api): Promise<void> {
  const deadline = Date.now() + SETTLED_WITHIN_MS;
  while (true) {
    const { items } = applicationList.parse(await api.call('GET', '/applications'));
    const done = items.filter(({ status }) => status.sync?.status === 'Synced' && status.health?.status === 'Healthy');
    if (done.length === APPLICATIONS) return;
    if (Date.now() > deadline)
      throw new OpsError(
        'timeout',
        `Argo CD has ${done.length} of ${APPLICATIONS} applications synced and healthy after ${SETTLED_WITHIN_MS / 1000} s.`,
        'Run the same command again; if that does not help, `npm run lab -- reset` starts from nothing.',
      );
    await sleep(LOOK_EVERY_MS);
  }
}

async function makeTokens(lab: Lab): Promise<void> {
  const password = await initialPassword(lab);
  await writePrivate(secretFile(lab, 'argocd.password'), password);
  const url = `${argocdOperator(lab).url}/api/v1`;
  const session = token.parse(await new Api(url).call('POST', '/session', { username: 'admin', password }));
  const api = new Api(url, `Bearer ${session.token}`);
  const make = async (account: string) =>
    token.parse(await api.call('POST', `/account/${account}/token`, { name: account, expiresIn: 0 })).token;
  await writePrivate(argocdOperator(lab).tokenFile, await make('operator'));
  await writePrivate(argocdViewer(lab).tokenFile, await make('viewer'));
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
      url: repositoryUrl(giteaOwner(lab).url),
      username: OWNER,
      password: await readFile(giteaOwner(lab).tokenFile, 'utf8'),
    },
  };
}
