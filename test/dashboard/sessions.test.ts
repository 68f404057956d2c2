import { describe, expect, it } from 'vitest';
import { anApproval } from '../support/builders.ts';
import { ask, Browser, bearer, cookieOf, FORM, form, PASSWORD, startDashboard } from '../support/dashboard.ts';
import { signedIn } from './signed-in.ts';

describe('a session', () => {
  it('is a new one with each login, whatever the browser brought (fixation)', async () => {
    const { rig } = await signedIn();
    const victim = new Browser(rig.url);
    victim.cookie = 'session=planted-by-somebody';
    await victim.post('/login', { name: 'ada', password: PASSWORD });
    expect(victim.cookie).not.toContain('planted');
    expect((await rig.ask('/', { headers: { cookie: 'session=planted-by-somebody' } })).status).toBe(303);
    const before = victim.cookie;
    await victim.post('/login', { name: 'ada', password: PASSWORD });
    expect(victim.cookie).not.toBe(before);
    expect((await rig.ask('/', { headers: { cookie: before } })).status).toBe(303);
  });

  it('ends with its time, and with signing out', async () => {
    const { rig, ada, csrf } = await signedIn();
    const old = ada.cookie;
    expect((await ada.get('/')).status).toBe(200);
    expect((await ada.post('/logout', { csrf })).status).toBe(303);
    expect((await rig.ask('/', { headers: { cookie: old } })).status).toBe(303);
    await ada.post('/login', { name: 'ada', password: PASSWORD });
    rig.clock.advance(12 * 3_600_000);
    expect((await ada.get('/')).headers.location).toBe('/login');
  });

  it('is for https alone where people come by https', async () => {
    const rig = await startDashboard({ publicUrl: new URL('https://dashboard.example') });
    const secret = await rig.dashboard.users.link({ first: true });
    const headers = { ...FORM, host: 'dashboard.example', origin: 'https://dashboard.example' };
    const body = form({ name: 'ada', password: PASSWORD });
    const { headers: got } = await rig.ask(`/setup/${secret}`, { method: 'POST', headers, body });
    expect(got['set-cookie']?.[0]).toMatch(/^__Host-session=[\w-]{43}; .*Path=\/; HttpOnly; Secure; SameSite=Lax/);
    expect(got['strict-transport-security']).toContain('max-age');
  });

  it('is kept as a hash: who reads the store cannot sign in', async () => {
    const { rig, ada } = await signedIn();
    const kept = await rig.controlPlane.documents.list('session', rig.clock.now());
    const [key = ''] = kept.map(({ key }) => key);
    expect(ada.cookie).not.toContain(key);
    expect((await rig.ask('/', { headers: { cookie: `session=${key}` } })).status).toBe(303);
  });

  it('leads back to where a person wanted to go, and to no other site', async () => {
    const { rig } = await signedIn();
    const cookieFor = async (path: string) => cookieOf(await ask(`${rig.url}${path}`), 'next');
    const land = async (next: string) => {
      const headers = { ...FORM, origin: rig.url, cookie: next };
      const body = form({ name: 'ada', password: PASSWORD });
      return (await rig.ask('/login', { method: 'POST', headers, body })).headers.location;
    };
    expect(await land(await cookieFor('/pending/ap-1?x=1'))).toBe('/pending/ap-1?x=1');
    for (const evil of ['//evil.example', '/\\evil.example', 'https://evil.example']) {
      expect(await land(`next=${encodeURIComponent(evil)}`)).toBe('/');
    }
  });
});

describe('a token', () => {
  it('counts no more once it is revoked, and never in a cookie', async () => {
    const { rig } = await signedIn();
    const { token, id } = await rig.dashboard.tokens.create('a laptop', 'agent');
    expect((await rig.ask('/api/approvals', { headers: bearer(token) })).status).toBe(200);
    expect((await rig.ask('/api/approvals', { headers: { cookie: `session=${token}` } })).status).toBe(401);
    await rig.dashboard.tokens.revoke(id);
    expect((await rig.ask('/api/approvals', { headers: bearer(token) })).status).toBe(401);
  });

  it('of an agent starts no run, takes nothing in and publishes no status', async () => {
    const { rig } = await signedIn();
    const agent = await rig.program('agent');
    const body = { workflow: 'cleanup', inputs: {} };
    expect((await agent('/api/inbox/manual', { method: 'POST', body })).status).toBe(403);
    expect((await agent('/api/inbox/in-1/acknowledge', { method: 'POST', body: { version: 1 } })).status).toBe(403);
    expect((await agent('/api/status', { method: 'PUT', body: {} })).status).toBe(403);
    expect(await rig.controlPlane.inbox.list()).toEqual([]);
  });

  it('opens no page, and with it the cookie beside it counts for nothing', async () => {
    const { rig, ada } = await signedIn();
    const headers = { ...bearer(await rig.token()), cookie: ada.cookie };
    expect((await rig.ask('/pending', { headers })).status).toBe(303);
    const body = { decision: 'approve' };
    expect((await rig.ask(`/api/approvals/${anApproval().id}/settle`, { method: 'POST', headers, body })).status).toBe(
      403,
    );
  });
});
