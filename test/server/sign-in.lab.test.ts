import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { LabInfo } from '../../lab/index.ts';
import { tempFolder } from '../support/gate-rig.ts';
import { labForTests } from '../support/lab.ts';
import { connect2026 } from '../support/mcp/connect-2026.ts';
import { kubectlServer } from '../support/server.ts';

let lab: LabInfo;

beforeAll(async () => {
  lab = await labForTests();
});

async function getNodes(kubeconfig: string, env: Record<string, string> = {}) {
  const server = kubectlServer({ home: join(tempFolder(), '.claude'), kubeconfig });
  const client = await connect2026({ ...server, env: { ...server.env, ...env } });
  try {
    return await client.call('get', { kind: 'nodes' });
  } finally {
    await client.close();
  }
}

/** The lab's kubeconfig with its parts changed, in a file of its own. */
function variant(
  from: string,
  change: (config: {
    clusters: [{ cluster: Record<string, unknown> }];
    users: [{ user: Record<string, unknown> }];
    contexts: [{ name: string }];
  }) => void,
): string {
  const config = parse(readFileSync(from, 'utf8'));
  change(config);
  const file = join(tempFolder(), 'kubeconfig');
  writeFileSync(file, stringify(config), { mode: 0o600 });
  return file;
}

/** A credential plugin that hands out the readonly account's token, and notes what it was given. */
function plugin(): { command: string; seen: string } {
  const folder = tempFolder();
  const token = parse(readFileSync(lab.readonlyKubeconfig, 'utf8')).users[0].user.token;
  const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token } };
  const command = join(folder, 'plugin.sh');
  const seen = join(folder, 'environment');
  writeFileSync(join(folder, 'credential.json'), JSON.stringify(credential), { mode: 0o600 });
  writeFileSync(command, `#!/bin/sh\nenv > '${seen}'\ncat '${join(folder, 'credential.json')}'\n`);
  chmodSync(command, 0o700);
  return { command, seen };
}

describe('the kubectl server signs in', () => {
  it('by client certificate', async () => {
    expect((await getNodes(lab.kubeconfig)).text).toMatch(/^\d nodes\./);
  });

  it('by token', async () => {
    expect((await getNodes(lab.readonlyKubeconfig)).text).toMatch(/^\d nodes\./);
  });

  it('by an exec plugin, which does not get the client’s own keys', async () => {
    const { command, seen } = plugin();
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never', args: [] };
    const kubeconfig = variant(lab.kubeconfig, ({ users }) => {
      users[0].user = { exec };
    });
    const { text } = await getNodes(kubeconfig, {
      ANTHROPIC_API_KEY: 'sk-ant-secret',
      CLAUDE_CODE_OAUTH_TOKEN: 'secret',
    });
    expect(text).toMatch(/^\d nodes\./);
    expect(readFileSync(seen, 'utf8')).not.toContain('secret');
  });
});

describe('the kubectl server starts, and says what to do, when', () => {
  const wrongToken = () =>
    variant(lab.readonlyKubeconfig, ({ users }) => {
      users[0].user = { token: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl' };
    });
  const otherCa = () =>
    variant(lab.kubeconfig, ({ clusters }) => {
      delete clusters[0].cluster['certificate-authority-data'];
      delete clusters[0].cluster['certificate-authority'];
    });
  const server = (address: string) => () =>
    variant(lab.kubeconfig, ({ clusters }) => {
      clusters[0].cluster.server = address;
    });

  it.each<[string, () => string, RegExp]>([
    [
      'there is no kubeconfig',
      () => join(tempFolder(), 'none'),
      /kubeconfig cannot be used[\s\S]*Set KUBECONFIG or kubectl\.kubeconfig/,
    ],
    ['the token is not accepted', wrongToken, /HTTP 401[\s\S]*sign in again/],
    ['the server’s certificate is not trusted', otherCa, /is not trusted \([A-Z_]+\)[\s\S]*certificate-authority/],
    [
      'nothing listens there',
      server('https://127.0.0.1:9'),
      /Cannot reach the API server 127\.0\.0\.1:9 \(context lab\w*\): ECONNREFUSED/,
    ],
    [
      'the address is not https',
      server('http://127.0.0.1:8080'),
      /"http:\/\/127\.0\.0\.1:8080" is not an https address/,
    ],
  ])('%s', async (_, kubeconfig, message) => {
    const { text, isError } = await getNodes(kubeconfig());
    expect(isError).toBe(true);
    expect(text).toMatch(message);
    expect(text).not.toContain('eyJ');
  });

  it('what listens there does not speak TLS', async () => {
    const plain = createServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 200 OK\r\n\r\nhello'));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const address = plain.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const { text, isError } = await getNodes(server(`https://127.0.0.1:${address.port}`)());
    plain.close();
    expect(isError).toBe(true);
    expect(text).toMatch(/Cannot reach|is not trusted/);
  });
});
