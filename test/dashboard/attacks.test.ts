import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { MAX_BODY } from '../../shared/control-plane/api.ts';
import { anApproval } from '../support/builders.ts';
import { ask, Browser, bearer, cookieOf, FORM, form, PASSWORD, startDashboard } from '../support/dashboard.ts';

async function signedIn() {
  const rig = await startDashboard();
  const now = rig.clock.now();
  await rig.controlPlane.approvals.open(anApproval({ createdAt: now, expiresAt: now + 900_000 }));
  const ada = await rig.person();
  const csrf = await ada.csrf();
  const settle = (fields: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>) =>
    ada.post(`/api/approvals/${anApproval().id}/settle`, { decision: 'approve', ...fields }, headers);
  const state = async () => (await rig.controlPlane.approvals.get(anApproval().id))?.state;
  return { rig, ada, csrf, settle, state };
}

describe('a page of somebody else', () => {
  it.each([
    ['another site', 'https://evil.example'],
    ['a page without an origin', 'null'],
    ['another port of this machine', 'http://127.0.0.1:1'],
    ['a name that begins like ours', 'http://dashboard.example.evil.example'],
    ['the same host by https', 'https://dashboard.example'],
  ])('settles nothing with a person’s cookie: %s', async (_name, origin) => {
    const { csrf, settle, state } = await signedIn();
    expect((await settle({ csrf }, { origin })).status).toBe(403);
    expect(await state()).toBe('pending');
  });

  it('settles nothing without an Origin at all', async () => {
    const { rig, ada, csrf, state } = await signedIn();
    const headers = { cookie: ada.cookie, ...FORM };
    const body = form({ csrf, decision: 'approve' });
    expect((await rig.ask(`/api/approvals/${anApproval().id}/settle`, { method: 'POST', headers, body })).status).toBe(
      403,
    );
    expect(await state()).toBe('pending');
  });

  it.each([
    ['none', async () => ({})],
    ['a made up one', async () => ({ csrf: 'a'.repeat(64) })],
    ['that of another session', async (bob: Browser) => ({ csrf: await bob.csrf() })],
  ])('settles nothing without the token of this session’s forms: %s', async (_name, fieldsOf) => {
    const { rig, settle, state } = await signedIn();
    const fields: Readonly<Record<string, string>> = await fieldsOf(await rig.person('bob'));
    expect((await settle(fields)).status).toBe(403);
    expect(await state()).toBe('pending');
  });

  it('may send the token as a header, where it is ours', async () => {
    const { csrf, settle, state } = await signedIn();
    expect((await settle({}, { 'x-csrf-token': csrf })).status).toBe(303);
    expect(await state()).toBe('approved');
  });

  it('reads nothing: no answer allows another origin', async () => {
    const { rig, ada } = await signedIn();
    const headers = { cookie: ada.cookie, origin: 'https://evil.example' };
    const answers = [
      await rig.ask('/api/approvals', { headers }),
      await rig.ask('/api/approvals', {
        method: 'OPTIONS',
        headers: { ...headers, 'access-control-request-method': 'POST' },
      }),
    ];
    for (const { headers: got } of answers)
      expect(Object.keys(got).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('learns nothing by a name of its own that leads here (DNS rebinding)', async () => {
    const { rig, ada } = await signedIn();
    for (const path of ['/', '/login', '/api/approvals', '/api/events', '/pending']) {
      const answer = await rig.ask(path, { headers: { host: 'evil.example', cookie: ada.cookie } });
      expect(answer).toMatchObject({ status: 403, json: { error: { code: 'forbidden' } } });
    }
    const probe = await rig.ask('/healthz', { headers: { host: '10.0.0.7:8080' } });
    expect(probe.status).toBe(200);
  });

  it('cannot frame a page, or run a script in one', async () => {
    const { ada } = await signedIn();
    const { headers, text } = await ada.get('/pending');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(text).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=|\sstyle=/);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });
});

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

describe('a body', () => {
  const huge = anApproval({ id: 'ap-huge', key: 'huge', details: 'x'.repeat(MAX_BODY) });

  it('that is too large is refused', async () => {
    const { rig } = await signedIn();
    const agent = await rig.program();
    const answer = await agent('/api/approvals', { method: 'POST', body: huge });
    expect(answer).toMatchObject({ status: 413, json: { error: { code: 'too_large' } } });
  });

  it('that does not say how large it is ends the connection when it is too large', async () => {
    const { rig } = await signedIn();
    const agent = await rig.program();
    const chunked = { method: 'POST', headers: { 'transfer-encoding': 'chunked' } };
    // The client still writes: it sees the answer or the end of the connection, whichever is first.
    const status = await agent('/api/approvals', { ...chunked, body: huge }).then(
      ({ status }) => status,
      () => 413,
    );
    expect(status).toBe(413);
    expect(await rig.controlPlane.approvals.get('ap-huge')).toBeUndefined();
    const small = anApproval({ id: 'ap-small', key: 'small' });
    expect((await agent('/api/approvals', { ...chunked, body: small })).status).toBe(200);
  });

  it('of nobody is not read at all', async () => {
    const { rig } = await signedIn();
    const request = { method: 'POST', body: { pad: 'x'.repeat(1000) } };
    expect((await rig.ask('/api/actions', request)).status).toBe(401);
    expect(
      (await rig.ask('/login', { method: 'POST', headers: { ...FORM, origin: rig.url }, body: 'x'.repeat(20_000) }))
        .status,
    ).toBe(413);
  });
});

describe('a slow client', () => {
  it.each([
    ['headers', 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n'],
    [
      'body',
      'POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\nContent-Length: 100\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nname=',
    ],
  ])('that does not finish its %s loses its connection', async (_name, start) => {
    const rig = await startDashboard({ listening: { headersTimeout: 200, requestTimeout: 300 } });
    const socket = connect(Number(new URL(rig.url).port), '127.0.0.1');
    socket.write(start);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408/);
  });
});

it.each([
  '/assets/../../package.json',
  '/assets/..%2f..%2fpackage.json',
  '/assets/%2e%2e/%2e%2e/package.json',
  '/assets/....//package.json',
  '/pending/..%2f..%2fetc%2fpasswd',
])('serves no file of the machine: %s', async (path) => {
  const { ada } = await signedIn();
  const { status, text } = await ada.get(path);
  expect(status).toBe(404);
  expect(text).not.toContain('"name":');
  expect(text).not.toContain('root:');
});
