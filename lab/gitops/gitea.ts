import { randomBytes } from 'node:crypto';
import { execa } from 'execa';
import { z } from 'zod';
import type { Lab } from '../component.ts';
import { giteaArgs, giteaEnv } from '../components/gitea.ts';
import { exists, writePrivate } from '../files.ts';
import { secretFile, secretOf } from '../secrets.ts';
import { argocdOperator, giteaOwner, giteaViewer } from './access.ts';
import { Api, giteaApi } from './api.ts';
import { OWNER, REPOSITORY } from './names.ts';
import { moveRepository } from './repository.ts';
import { seedRepository } from './seed.ts';

/** The second user, who may read the repository and change nothing. */
const VIEWER = 'viewer';

/** Users, tokens, the repository with its history, and the webhook that tells Argo CD of each commit. */
export async function ensureGitea(lab: Lab): Promise<void> {
  const owner = giteaOwner(lab);
  if (!(await exists(owner.tokenFile))) await makeOwner(lab);
  const api = await giteaApi(owner);
  const repository = `/repos/${OWNER}/${REPOSITORY}`;
  if (!(await api.has(repository))) await seedRepository(api, owner.url);
  else await moveRepository(api, owner.url);
  if (!(await exists(giteaViewer(lab).tokenFile))) await makeViewer(lab, api);
  await ensureWebhook(lab, api, `${repository}/hooks`);
}

/** By the command line, since the API has no first user. It makes the password and the token, and prints both. */
async function makeOwner(lab: Lab): Promise<void> {
  const user = ['--admin', `--username=${OWNER}`, `--email=${OWNER}@example.invalid`, '--must-change-password=false'];
  const token = ['--access-token', '--access-token-name=lab', '--access-token-scopes=all'];
  const { stdout } = await execa(
    lab.program('gitea'),
    giteaArgs(lab, 'admin', 'user', 'create', '--random-password', ...user, ...token),
    { env: giteaEnv(lab), extendEnv: false },
  );
  const password = /password is '?([^'\s]+)'?/.exec(stdout)?.[1] ?? '';
  const made = /\b[0-9a-f]{40}\b/.exec(stdout)?.[0];
  if (made === undefined) throw new Error('gitea admin user create printed no token');
  await writePrivate(secretFile(lab, 'gitea.password'), password);
  await writePrivate(giteaOwner(lab).tokenFile, made);
}

const accessToken = z.object({ sha1: z.string() });

async function makeViewer(lab: Lab, api: Api): Promise<void> {
  const password = randomBytes(18).toString('base64url');
  const account = { username: VIEWER, email: `${VIEWER}@example.invalid`, password, must_change_password: false };
  if (!(await api.has(`/users/${VIEWER}`))) await api.call('POST', '/admin/users', account);
  else await api.call('PATCH', `/admin/users/${VIEWER}`, { login_name: VIEWER, source_id: 0, password });
  await api.call('PUT', `/repos/${OWNER}/${REPOSITORY}/collaborators/${VIEWER}`, { permission: 'read' });
  const basic = `Basic ${Buffer.from(`${VIEWER}:${password}`).toString('base64')}`;
  const viewer = new Api(`${giteaViewer(lab).url}/api/v1`, basic);
  const scopes = ['read:repository', 'read:user', 'read:issue'];
  const name = `lab-${randomBytes(4).toString('hex')}`;
  const { sha1 } = accessToken.parse(await viewer.call('POST', `/users/${VIEWER}/tokens`, { name, scopes }));
  await writePrivate(giteaViewer(lab).tokenFile, sha1);
}

const hooks = z.array(z.object({ id: z.int(), config: z.object({ url: z.string() }) }));

async function ensureWebhook(lab: Lab, api: Api, path: string): Promise<void> {
  const url = `${argocdOperator(lab).url}/api/webhook`;
  const known = hooks.parse(await api.call('GET', path));
  if (known.some(({ config }) => config.url === url)) return;
  for (const { id } of known) await api.call('DELETE', `${path}/${id}`);
  const secret = await secretOf(lab, 'webhook');
  const config = { url, content_type: 'json', secret };
  await api.call('POST', path, { type: 'gitea', config, events: ['push'], active: true });
}
