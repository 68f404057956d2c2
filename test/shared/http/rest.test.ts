import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Permit } from '../../../shared/gate/permit.ts';
import { type BackendSettings, openBackend } from '../../../shared/http/backend.ts';
import { path } from '../../../shared/http/path.ts';
import { Rest } from '../../../shared/http/rest.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { stringAt } from '../../../shared/kernel/json.ts';
import { tempFolder } from '../../support/gate-rig.ts';

const TOKEN = 'super-secret-token-0123456789';
const QUICK = { idle: 300, total: 900 };
const signal = new AbortController().signal;
const READ = { path: path`/api/thing`, what: 'thing' };

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function listening(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = Object(server.address()) as AddressInfo;
  return port;
}

/** A backend that answers as a test says, and the client that talks to it. */
async function backend(handler: Handler, change: Partial<BackendSettings> = {}) {
  const requests: IncomingMessage[] = [];
  const record: RequestListener = (request, response) => {
    requests.push(request);
    handler(request, response);
  };
  const port = await listening(createServer(record));
  return { requests, rest: client({ url: `http://127.0.0.1:${port}`, ...change }) };
}

function client(change: Partial<BackendSettings>): Rest {
  const settings = {
    name: 'Thing',
    url: undefined,
    token: { value: TOKEN },
    insecure: false,
    howToSet: 'Set THING_URL.',
    ...change,
  };
  return new Rest(() => openBackend(settings), { messageOf: (body) => stringAt(body, 'message') }, QUICK);
}

const json =
  (value: unknown, status = 200): Handler =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };

async function problemOf(answer: Promise<unknown>): Promise<OpsError> {
  const error = await answer.then(
    () => undefined,
    (problem: unknown) => problem,
  );
  if (!(error instanceof OpsError)) throw new Error(`no OpsError: ${String(error)}`);
  // Whatever goes wrong: no token, and something to do.
  expect(`${error.message} ${error.hint} ${String(error.cause)}`).not.toContain(TOKEN);
  expect(error.hint).not.toBe('');
  return error;
}

describe('an answer', () => {
  it('is its JSON, asked for with the token', async () => {
    const { rest, requests } = await backend(json({ a: 1 }));
    expect(await rest.get({ ...READ, query: { x: ['1', '2'], y: undefined } }, signal)).toEqual({ a: 1 });
    expect(requests[0]).toMatchObject({ url: '/api/thing?x=1&x=2', headers: { authorization: `Bearer ${TOKEN}` } });
  });

  it.each([
    [400, 'rejected_by_backend', /^thing: too wide \(HTTP 400\)\.$/, /Correct the request/],
    [401, 'unauthorized', /HTTP 401/, /does not accept the credentials\. Set THING_URL/],
    [403, 'unauthorized', /HTTP 403/, /a person can grant it in Thing/],
    [404, 'not_found', /HTTP 404/, /Check the name/],
    [409, 'conflict', /HTTP 409/, /changed meanwhile/],
    [422, 'rejected_by_backend', /HTTP 422/, /Correct the request/],
    [500, 'rejected_by_backend', /HTTP 500/, /a problem of its own/],
  ])('of %d is an error of its kind, with what to do', async (status, code, message, hint) => {
    const { rest } = await backend(json({ message: 'too wide' }, status));
    expect(await problemOf(rest.get(READ, signal))).toMatchObject({
      code,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });

  it('that is no JSON shows none of it', async () => {
    const { rest } = await backend((_, response) => response.end('<html>Sign in</html>'));
    const problem = await problemOf(rest.get(READ, signal));
    expect(problem.message).toMatch(/^thing: the answer of Thing at 127\.0\.0\.1:\d+ is not JSON\.$/);
    expect(problem.hint).toMatch(/a proxy or a sign-in page/);
  });

  it('of 50 MB is refused before it is read to its end', async () => {
    const { rest } = await backend((_, response) => {
      for (let i = 0; i < 50; i += 1) response.write(Buffer.alloc(1024 * 1024, 32));
      response.end();
    });
    expect(await problemOf(rest.get(READ, signal))).toMatchObject({ code: 'too_large' });
  });

  it('that repeats our token is masked, as is an error that does', async () => {
    const echo: Handler = (request, response) =>
      json({ message: request.headers.authorization }, request.url === '/bad' ? 500 : 200)(request, response);
    const { rest } = await backend(echo);
    expect(await rest.get(READ, signal)).toEqual({ message: 'Bearer ***' });
    await problemOf(rest.get({ ...READ, path: path`/bad` }, signal));
  });
});

describe('a backend', () => {
  it('that is down is unreachable', async () => {
    const rest = client({ url: 'http://127.0.0.1:1' });
    expect(await problemOf(rest.get(READ, signal))).toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/Cannot reach Thing at 127\.0\.0\.1:1: ECONNREFUSED/),
    });
  });

  it('that is silent is given up, and so is one that drips for ever', async () => {
    const silent = await backend(() => {});
    expect(await problemOf(silent.rest.get(READ, signal))).toMatchObject({
      code: 'timeout',
      message: expect.stringMatching(/within 0\.3 s/),
    });
    const dripping = await backend((_, response) => {
      const timer = setInterval(() => response.write(' '), 100);
      response.on('close', () => clearInterval(timer));
    });
    expect(await problemOf(dripping.rest.get(READ, signal))).toMatchObject({
      code: 'timeout',
      message: expect.stringMatching(/within 0\.9 s/),
    });
  });

  it('that breaks off in the middle is unreachable', async () => {
    const { rest } = await backend((_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{"a":');
      response.destroy();
    });
    expect(await problemOf(rest.get(READ, signal))).toMatchObject({ code: 'unreachable' });
  });

  it('that is busy is asked again, but never for a change', async () => {
    let calls = 0;
    const handler: Handler = (request, response) => {
      calls += 1;
      json({ message: 'busy' }, calls < 3 ? 503 : 200)(request, response);
    };
    const reads = await backend(handler);
    expect(await reads.rest.get(READ, signal)).toEqual({ message: 'busy' });
    expect(calls).toBe(3);
    calls = 0;
    const changes = await backend(handler);
    const permit = Permit.mint({ call: 'call-1' }, signal);
    await problemOf(changes.rest.change(permit, { ...READ, method: 'POST', body: { a: 1 } }));
    expect(calls).toBe(1);
    expect(changes.requests[0]).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
  });

  it('takes no change without a permit that is in force, and no read by POST that is not known to be one', async () => {
    const { rest, requests } = await backend(json({}));
    const permit = Permit.mint({ call: 'call-1' }, signal);
    Permit.revoke(permit);
    await problemOf(rest.change(permit, { ...READ, method: 'DELETE' }));
    await expect(rest.post({ ...READ, body: {} }, signal)).rejects.toThrow('no read');
    expect(requests).toEqual([]);
  });

  it('that sends us elsewhere is not followed: the token stays here', async () => {
    const other = await backend(json({}));
    const { port } = await other.rest.backend().then(({ server }) => server);
    const { rest } = await backend((_, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${port}/x` }).end(),
    );
    expect(await problemOf(rest.get(READ, signal))).toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(
        new RegExp(`sends us to http://127\\.0\\.0\\.1:${port} \\(HTTP 307\\)\\. Redirects are not followed`),
      ),
    });
    expect(other.requests).toEqual([]);
  });

  it('whose caller has gone is not waited for', async () => {
    const { rest } = await backend(() => {});
    const caller = new AbortController();
    const answer = problemOf(rest.get(READ, caller.signal));
    caller.abort();
    expect(await answer).toMatchObject({ code: 'cancelled' });
  });
});

describe('credentials', () => {
  it('in a file are read anew after a 401, so that a rotated token counts', async () => {
    const file = join(tempFolder(), 'token');
    writeFileSync(file, 'old-token\n');
    const { rest, requests } = await backend(
      (request, response) => {
        const known = request.headers.authorization === 'Bearer new-token';
        if (!known) writeFileSync(file, 'new-token\n');
        json({}, known ? 200 : 401)(request, response);
      },
      { token: { file } },
    );
    expect(await rest.get(READ, signal)).toEqual({});
    expect(requests).toHaveLength(2);
  });

  it.each([
    [{ token: { file: '/no/such/file' } }, /credentials of Thing cannot be read: ENOENT/],
    [{ token: { value: '' } }, /credentials of Thing are empty/],
    [{ token: { value: 'two\nlines' } }, /not one line of printable characters/],
    [{ url: undefined }, /No address of Thing is set/],
    [{ url: 'ftp://x' }, /starts with neither http/],
    [{ url: 'http://me:secret@x' }, /holds a password, which belongs into a file/],
    [{ url: 'http://x/?a=b' }, /has a query/],
    [{ url: 'http://a b' }, /is not an address/],
  ])('or an address that cannot be used are said: %j', async (change, message) => {
    const problem = await problemOf(client({ url: 'http://127.0.0.1:1', ...change }).get(READ, signal));
    expect(problem).toMatchObject({ code: 'config_invalid', message: expect.stringMatching(message) });
  });

  it('of a name and a password go as basic authentication', async () => {
    const { rest, requests } = await backend(json({}), {
      token: undefined,
      username: 'ann',
      password: { value: 'pass-word-1' },
    });
    await rest.get(READ, signal);
    expect(requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('ann:pass-word-1').toString('base64')}`);
  });

  it('that would travel unencrypted to another machine are pointed out', async () => {
    const noticeOf = async (url: string) => (await client({ url }).backend()).notice;
    expect(await noticeOf('http://argocd.lan')).toBe('Warning: the credentials for Thing travel unencrypted (http).');
    expect(await noticeOf('http://127.0.0.1:80')).toBeUndefined();
    expect(await noticeOf('argocd.lan:443')).toBeUndefined();
  });
});

describe('TLS', () => {
  let certificate: { readonly cert: string; readonly key: string };

  beforeAll(async () => {
    const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    const names: x509.JsonGeneralNames = [{ type: 'ip', value: '127.0.0.1' }];
    const made = await x509.X509CertificateGenerator.createSelfSigned({
      name: 'CN=127.0.0.1',
      keys,
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      extensions: [new x509.SubjectAlternativeNameExtension(names), new x509.BasicConstraintsExtension(true)],
    });
    const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
    certificate = {
      cert: made.toString('pem'),
      key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`,
    };
  });

  async function secure(change: Partial<BackendSettings>): Promise<Rest> {
    const port = await listening(createTlsServer(certificate, (_, response) => response.end('{}')));
    return client({ url: `https://127.0.0.1:${port}`, ...change });
  }

  it('with a certificate that nobody vouches for is refused, and ca_file is named', async () => {
    const problem = await problemOf((await secure({})).get(READ, signal));
    expect(problem).toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/The certificate of Thing .* is not trusted \(\w+\)/),
      hint: expect.stringMatching(/ca_file/),
    });
  });

  it('with one’s own authority is trusted', async () => {
    const caFile = join(tempFolder(), 'ca.pem');
    writeFileSync(caFile, certificate.cert);
    const rest = await secure({ caFile });
    expect(await rest.get(READ, signal)).toEqual({});
    expect((await rest.backend()).notice).toBeUndefined();
  });

  it('that is switched off says so', async () => {
    const rest = await secure({ insecure: true });
    expect(await rest.get(READ, signal)).toEqual({});
    expect((await rest.backend()).notice).toBe(
      'Warning: the certificate of Thing is not checked (insecure_skip_tls_verify).',
    );
  });
});

describe('a path', () => {
  it.each(['..', '.', '', 'a\nb', '\u0000', '\ud800'])('has no segment %j', (name) => {
    expect(() => path`/api/${name}`).toThrow(/cannot stand in a path/);
  });

  it.each([
    ['a/b', '/api/a%2Fb/x'],
    ['a%2fb', '/api/a%252fb/x'],
    ['ä?#', '/api/%C3%A4%3F%23/x'],
  ])('encodes %s', (name, encoded) => expect(path`/api/${name}/x`).toBe(encoded));

  it('keeps the segments of a list apart', () => {
    expect(path`/api/${['a b', 'c']}`).toBe('/api/a%20b/c');
    expect(() => path`/api/${['a', '..', 'c']}`).toThrow(/cannot stand/);
  });
});
