import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Lab } from './component.ts';
import { writePrivate } from './files.ts';

type Credentials =
  | { readonly token: string }
  | { readonly 'client-certificate-data': string; readonly 'client-key-data': string };

/** Writes a kubeconfig of the lab, whole in itself, so that it can be copied anywhere on this machine. */
export async function writeKubeconfig(lab: Lab, path: string, user: string, credentials: Credentials): Promise<void> {
  const ca = await base64(lab.caFile);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'lab', cluster: { server: lab.server, 'certificate-authority-data': ca } }],
    users: [{ name: user, user: credentials }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user } }],
    'current-context': 'lab',
  };
  await writePrivate(path, stringify(config, { lineWidth: 0 }));
}

/** One kubeconfig for the admin and one for each component that calls the API by a client certificate. */
export async function writeKubeconfigs(lab: Lab): Promise<void> {
  const users = [
    { user: 'admin', path: lab.kubeconfig },
    ...['kube-controller-manager', 'kube-scheduler'].map((user) => ({
      user,
      path: lab.path('pki', `${user}.kubeconfig`),
    })),
  ];
  for (const { user, path } of users)
    await writeKubeconfig(lab, path, user, await certificateOf(lab.path('pki'), user));
}

async function certificateOf(pki: string, user: string): Promise<Credentials> {
  return {
    'client-certificate-data': await base64(join(pki, `${user}.crt`)),
    'client-key-data': await base64(join(pki, `${user}.key`)),
  };
}

async function base64(path: string): Promise<string> {
  return (await readFile(path)).toString('base64');
}
