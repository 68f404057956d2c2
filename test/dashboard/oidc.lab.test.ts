import { readFile } from 'node:fs/promises';
import getPort from 'get-port';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OidcSettings } from '../../dashboard/auth/oidc.ts';
import type { WholeLabInfo } from '../../lab/index.ts';
import { stringAt } from '../../shared/kernel/json.ts';
import { startDashboard } from '../support/dashboard.ts';
import { GiteaPerson } from '../support/gitea-rig.ts';
import { wholeLabForTests } from '../support/lab.ts';
import { WebClient } from '../support/web-client.ts';

let lab: WholeLabInfo;

beforeAll(async () => {
  lab = await wholeLabForTests();
});

/** A dashboard that the lab's Gitea knows as an application. */
async function withGitea(change: Partial<OidcSettings> = {}) {
  const port = await getPort({ host: '127.0.0.1' });
  const publicUrl = new URL(`http://127.0.0.1:${port}`);
  const made = await new GiteaPerson(lab.gitea).send('POST', '/user/applications/oauth2', {
    ...{ name: `dashboard ${port}`, confidential_client: true },
    redirect_uris: [`${publicUrl.origin}/login/oidc/callback`],
  });
  const [clientId = '', clientSecret = ''] = [stringAt(made, 'client_id'), stringAt(made, 'client_secret')];
  const oidc = {
    issuer: lab.gitea.url,
    clientId,
    clientSecret: async () => clientSecret,
    approvers: [lab.gitea.user],
    ...change,
  };
  const rig = await startDashboard({ publicUrl, oidc, listening: { port } });
  return { rig, browser: new WebClient() };
}

/** What a person does at Gitea: signs in, and lets the dashboard know who they are. Ends where the dashboard leads them. */
async function signInAtGitea(browser: WebClient, start: string) {
  const { url, user, passwordFile } = lab.gitea;
  const form = await browser.follow(`${url}/user/login`);
  await browser.submit(form, '/user/login', {
    user_name: user,
    password: (await readFile(passwordFile, 'utf8')).trim(),
  });
  const grant = await browser.follow(start);
  // Asked once an application; known ones come straight back.
  return grant.url.includes('/login/oauth/authorize')
    ? browser.submit(grant, '/login/oauth/grant', { granted: 'true' })
    : grant;
}

describe('login with a real Gitea', () => {
  it('signs in who may approve, by code, PKCE, state and nonce', async () => {
    const { rig, browser } = await withGitea();
    const begun = await browser.get(`${rig.url}/login/oidc`);
    const asked = new URL(begun.headers.get('location') ?? '').searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      scope: 'openid profile',
    });
    const page = await signInAtGitea(browser, `${rig.url}/login/oidc`);
    expect(page.url).toBe(`${rig.url}/`);
    expect(page.text).toContain(`oidc:${lab.gitea.user}`);
  });

  it('tells somebody whom Gitea knows, and who may not approve', async () => {
    const { rig, browser } = await withGitea({ approvers: ['somebody-else'] });
    const page = await signInAtGitea(browser, `${rig.url}/login/oidc`);
    expect(page.status).toBe(403);
    expect(page.text).toContain('not as somebody who may approve');
    expect((await browser.get(`${rig.url}/`)).status).toBe(303);
  });

  it('signs nobody in with a code that another browser got', async () => {
    const { rig, browser } = await withGitea();
    await signInAtGitea(browser, `${rig.url}/login/oidc`);
    const begun = await browser.get(`${rig.url}/login/oidc`);
    const back = await browser.get(begun.headers.get('location') ?? '');
    const callback = back.headers.get('location') ?? '';
    expect(callback).toContain('code=');
    const victim = new WebClient();
    expect((await victim.get(callback)).status).toBe(403);
    expect((await victim.get(`${rig.url}/`)).status).toBe(303);
    expect((await browser.get(callback)).status).toBe(303);
    expect((await browser.get(callback)).status).toBe(403);
  });

  it('says so when the application’s secret is wrong, or the provider is down', async () => {
    const { rig, browser } = await withGitea({ clientSecret: async () => 'a wrong one' });
    const page = await signInAtGitea(browser, `${rig.url}/login/oidc`);
    expect(page.status).toBe(403);
    expect(page.text).toContain('did not sign you in');
    const away = await withGitea({ issuer: `http://127.0.0.1:${await getPort()}` });
    expect((await away.browser.get(`${away.rig.url}/login/oidc`)).status).toBe(502);
  });
});
