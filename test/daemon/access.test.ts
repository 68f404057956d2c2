import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { build } from 'esbuild';
import { expect, it, onTestFinished, vi } from 'vitest';
import { keepAccess, serverAccess } from '../../daemon/access/access.ts';
import { Cluster } from '../../shared/cluster/cluster.ts';
import type { Connection } from '../../shared/cluster/kubeconfig.ts';
import { iso } from '../../shared/kernel/clock.ts';
import { at } from '../../shared/kernel/json.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { tempFolder } from '../support/gate-rig.ts';

const ACCOUNTS = {
  KUBERNETES_SERVICE_HOST: '10.96.0.1',
  K8S_AGENT_KUBECTL_SERVICE_ACCOUNT: 'k8s-agent-kubectl',
  K8S_AGENT_GITEA_SERVICE_ACCOUNT: 'k8s-agent-gitea',
};

/** An API server that gives tokens, each with a number, or refuses. */
async function tokenGiver(clock: FakeClock) {
  const asked: { readonly url: string; readonly seconds: unknown }[] = [];
  const giver = { asked, refuses: false, cluster: new Cluster(async () => connection, clock) };
  const server = createServer(async (request, response) => {
    const seconds = at(await json(request), 'spec', 'expirationSeconds');
    asked.push({ url: request.url ?? '', seconds });
    response.statusCode = giver.refuses ? 403 : 201;
    const expirationTimestamp = iso(clock.now() + Number(seconds) * 1000);
    response.end(JSON.stringify({ status: { token: `token-${asked.length}`, expirationTimestamp } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const connection: Connection = {
    server: new URL(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`),
    label: 'the API server',
    hints: { unreachable: '', untrusted: '' },
    namespace: 'agents',
    options: async () => ({ ca: 'the CA' }),
  };
  return giver;
}

async function anAccess(change: Record<string, string> = {}) {
  const clock = fakeClock();
  const giver = await tokenGiver(clock);
  const folder = join(tempFolder(), 'access');
  const logged: string[] = [];
  const env = { ...ACCOUNTS, K8S_AGENT_ACCESS: folder, ...change };
  const log = (message: string) => void logged.push(message);
  return { clock, giver, folder, logged, access: serverAccess({ env, cluster: giver.cluster, clock, log }) };
}

const never = new AbortController().signal;
const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

it('asks for a short-lived token of each server’s own account, and leaves a kubeconfig that reads it', async () => {
  const { giver, access, folder, clock } = await anAccess();
  expect(await access?.renew(never)).toBe(600_000);
  expect(giver.asked.map(({ url }) => url).sort()).toEqual([
    '/api/v1/namespaces/agents/serviceaccounts/k8s-agent-gitea/token',
    '/api/v1/namespaces/agents/serviceaccounts/k8s-agent-kubectl/token',
  ]);
  expect(giver.asked.map(({ seconds }) => seconds)).toEqual([900, 900]);
  const { KUBECONFIG = '' } = access?.environment('kubectl') ?? {};
  const config = readJson(KUBECONFIG);
  expect(config.users[0].user.exec).toMatchObject({ command: 'cat', args: [join(folder, 'kubectl.token.json')] });
  expect(atob(config.clusters[0].cluster['certificate-authority-data'])).toBe('the CA');
  const credential = readJson(join(folder, 'kubectl.token.json'));
  expect(credential.status.token).toMatch(/^token-[12]$/);
  // A minute before its end it is no longer used.
  expect(credential.status.expirationTimestamp).toBe(iso(clock.now() + 840_000));
});

it('keeps what it writes from everybody else', async () => {
  const { access, folder } = await anAccess();
  await access?.renew(never);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  const modes = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777]);
  expect(modes).toEqual(
    ['gitea.kubeconfig', 'gitea.token.json', 'kubectl.kubeconfig', 'kubectl.token.json'].map((name) => [name, 0o600]),
  );
});

it('renews long before the end, and soon again where that fails, and the old token stands until then', async () => {
  const { access, giver, folder, clock, logged } = await anAccess();
  await access?.renew(never);
  const before = readFileSync(join(folder, 'kubectl.token.json'), 'utf8');
  giver.refuses = true;
  clock.advance(600_000);
  expect(await access?.renew(never)).toBe(10_000);
  expect(logged).toEqual([expect.stringContaining('could not be renewed')]);
  expect(readFileSync(join(folder, 'kubectl.token.json'), 'utf8')).toBe(before);
  giver.refuses = false;
  expect(await access?.renew(never)).toBe(600_000);
  expect(readFileSync(join(folder, 'kubectl.token.json'), 'utf8')).not.toBe(before);
});

it('is kept until the daemon ends', async () => {
  const { access, folder } = await anAccess();
  const stop = new AbortController();
  const keeping = access && keepAccess(access, stop.signal);
  await vi.waitFor(() => expect(readdirSync(folder)).toHaveLength(4));
  stop.abort();
  await keeping;
});

it('shows no cluster to a server without an account', async () => {
  const { access } = await anAccess({ K8S_AGENT_GITEA_SERVICE_ACCOUNT: '' });
  for (const server of ['gitea', 'argocd', 'prometheus', 'workflows'])
    expect(access?.environment(server)).toEqual({ KUBECONFIG: '/dev/null' });
});

it.each([
  ['there is no cluster around it', { KUBERNETES_SERVICE_HOST: '' }],
  ['no account is named', { K8S_AGENT_KUBECTL_SERVICE_ACCOUNT: '', K8S_AGENT_GITEA_SERVICE_ACCOUNT: '' }],
])('stays out of the way where %s', async (_name, change) => {
  expect((await anAccess(change)).access).toBeUndefined();
});

it('lets no server sign in as the daemon because there is no place for its own token', async () => {
  await expect(anAccess({ K8S_AGENT_ACCESS: '' })).rejects.toMatchObject({ code: 'config_invalid' });
});

it.each(['kubectl', 'gitea', 'argocd', 'prometheus', 'workflows'])(
  'has an account for %s if and only if it can reach an API server',
  async (server) => {
    const { metafile } = await build({
      entryPoints: [join(import.meta.dirname, `../../servers/${server}/main.ts`)],
      ...{ bundle: true, write: false, metafile: true, platform: 'node', format: 'esm', packages: 'external' },
      outdir: tempFolder(),
      splitting: true,
    });
    const canReach = Object.keys(metafile.inputs).some((file) => file.endsWith('shared/cluster/kubeconfig.ts'));
    const { access } = await anAccess();
    expect(access?.environment(server).KUBECONFIG !== '/dev/null').toBe(canReach);
  },
);
