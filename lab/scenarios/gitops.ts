import { argocdApi, giteaApi } from '../gitops/api.ts';
import { commitEdits, type Edit } from '../gitops/repository.ts';
import type { WholeLabInfo } from '../info.ts';
import { kubectl } from '../kubectl-exec.ts';
import type { Scenario } from './scenario.ts';

/** A release as somebody commits it. */
interface Release {
  readonly message: string;
  readonly edits: readonly Edit[];
}

const SHOP: Release = {
  message: 'shop 1.5.0: a larger database pool',
  edits: [
    { path: 'apps/shop/overlays/lab/kustomization.yaml', from: 'newTag: 1.4.0', to: 'newTag: 1.5.0' },
    { path: 'apps/shop/base/deployment.yaml', from: 'DB_POOL_SIZE, value: "10"', to: 'DB_POOL_SIZE, value: "200"' },
  ],
};

const ORDERS: Release = {
  message: 'orders 3.2.0',
  edits: [
    { path: 'apps/orders/migrate.yaml', from: 'orders-migrate:3.1.0', to: 'orders-migrate:3.2.0' },
    { path: 'apps/orders/deployment.yaml', from: 'orders:3.1.0', to: 'orders:3.2.0' },
  ],
};

export const badCommit: Scenario = {
  about: 'a commit releases a shop that crashes',
  break: (lab) => release(lab, SHOP),
  heal: (lab) => revert(lab, SHOP),
};

export const stuckSync: Scenario = {
  about: 'a commit releases orders, and its migration never starts: the sync waits for it and blocks later commits',
  break: (lab) => release(lab, ORDERS),
  heal: async (lab) => {
    const done = await revert(lab, ORDERS);
    const api = await argocdApi(lab.argocd);
    // Without an operation there is nothing to end, which is what we want.
    await api.call('DELETE', '/applications/orders/operation').catch(() => undefined);
    return done;
  },
};

async function release({ gitea }: WholeLabInfo, { message, edits }: Release): Promise<string> {
  const sha = await commitEdits(await giteaApi(gitea), `${message}\n`, edits, 'Robin');
  return sha === undefined ? `"${message}" is there already` : `commit ${sha} "${message}" in ${gitea.repository.url}`;
}

/** The inverse commit, as `git revert` makes it. */
async function revert({ gitea }: WholeLabInfo, { message, edits }: Release): Promise<string> {
  const inverse = edits.map(({ path, from, to }) => ({ path, from: to, to: from }));
  const sha = await commitEdits(await giteaApi(gitea), `Revert "${message}"\n`, inverse);
  return sha === undefined ? `"${message}" is not there` : `commit ${sha} reverts "${message}"`;
}

export const outOfSync: Scenario = {
  about: 'somebody changes the app web by hand, past Git',
  break: async (lab) => {
    await kubectl(lab, ['set', 'image', 'deployment/web', 'web=registry.example.invalid/web:1.0.1', '--namespace=web']);
    await kubectl(lab, ['scale', 'deployment/web', '--replicas=3', '--namespace=web']);
    return 'deployment/web in web has another image and 3 replicas';
  },
  heal: async (lab) => {
    await (await argocdApi(lab.argocd)).call('POST', '/applications/web/sync', {});
    return 'the app web is synced to what Git says';
  },
};
