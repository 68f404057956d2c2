import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { MAX_BODY } from '../../shared/control-plane/api.ts';
import { anApproval } from '../support/builders.ts';
import { FORM, startDashboard } from '../support/dashboard.ts';
import { signedIn } from './signed-in.ts';

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
