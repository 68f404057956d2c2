import { describe, expect, it } from 'vitest';
import { anApproval } from '../support/builders.ts';
import { type Browser, FORM, form } from '../support/dashboard.ts';
import { signedIn } from './signed-in.ts';

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
