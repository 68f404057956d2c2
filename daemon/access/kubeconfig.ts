import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from '../../shared/cluster/kubeconfig.ts';
import { iso } from '../../shared/kernel/clock.ts';
import type { AccountToken } from './token.ts';

/** Milliseconds before its end from which on a token is no longer used: a request takes time, and clocks differ. */
const MARGIN = 60_000;

export const kubeconfigIn = (folder: string, server: string): string => join(folder, `${server}.kubeconfig`);

/**
 * Writes a kubeconfig that signs in with the newest token of a file, for as long as the reader lives. It is read by
 * `cat` as a credential plugin: kubectl and client-node both know those and ask again when a token has expired, while
 * client-node leaves out `tokenFile`.
 */
export async function writeKubeconfig(folder: string, server: string, target: Target): Promise<void> {
  const { connection, token, expires } = target;
  const credential = join(folder, `${server}.token.json`);
  const { ca } = await connection.options(false);
  const cluster = {
    server: connection.server.href,
    ...(ca !== undefined && { 'certificate-authority-data': Buffer.from(String(ca)).toString('base64') }),
  };
  const exec = { apiVersion: API, command: 'cat', args: [credential], interactiveMode: 'Never' };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await replace(credential, {
    apiVersion: API,
    kind: 'ExecCredential',
    status: { token, expirationTimestamp: iso(expires - MARGIN) },
  });
  await replace(kubeconfigIn(folder, server), {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': server,
    contexts: [{ name: server, context: { cluster: 'cluster', user: server, namespace: 'default' } }],
    clusters: [{ name: 'cluster', cluster }],
    users: [{ name: server, user: { exec } }],
  });
}

interface Target extends AccountToken {
  readonly connection: Pick<Connection, 'server' | 'options'>;
}

const API = 'client.authentication.k8s.io/v1';

/** Readers see the old text or the new one, never half. JSON is YAML. */
async function replace(file: string, content: object): Promise<void> {
  const draft = `${file}.tmp`;
  await writeFile(draft, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  await rename(draft, file);
}
