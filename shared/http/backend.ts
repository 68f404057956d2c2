import { readFile } from 'node:fs/promises';
import type { Agent } from 'node:http';
import type { RequestOptions } from 'node:https';
import { messageOf, OpsError } from '../kernel/errors.ts';
import { once } from '../kernel/once.ts';
import type { Endpoint } from './endpoint.ts';

/** A section of `k8s-agent.yaml`, joined with the environment. */
export interface BackendSettings {
  /** `Argo CD` */
  readonly name: string;
  /** The address as the user wrote it; undefined where nothing was. */
  readonly url: string | undefined;
  readonly token?: Secret | undefined;
  readonly username?: string | undefined;
  readonly password?: Secret | undefined;
  /** A PEM file with the user's own certificate authority, trusted beside the usual ones. */
  readonly caFile?: string | undefined;
  /** Trust any certificate: shown in every answer. */
  readonly insecure: boolean;
  /** Where it is set: `Set GITEA_URL and GITEA_TOKEN, or gitea.url and gitea.token_file in k8s-agent.yaml.` */
  readonly howToSet: string;
}

/** A secret by reference. Files are read anew for each renewal, so that a rotated token counts. */
export type Secret = { readonly file: string } | { readonly value: string };

export interface Backend extends Endpoint {
  readonly name: string;
  readonly howToSet: string;
  /** A warning that belongs into every answer. */
  readonly notice: string | undefined;
  /** Takes our own credentials out of a text, wherever an answer echoes them. */
  readonly mask: (text: string) => string;
}

/** Opens a backend: address, TLS and credentials. Throws what is missing and how to set it. */
export async function openBackend(settings: BackendSettings): Promise<Backend> {
  const { name, howToSet, insecure } = settings;
  const server = parseAddress(settings);
  const secrets = new Set<string>();
  const agent = once(() => agentFor(server, settings));
  let known: Promise<Record<string, string>> | undefined;
  const authorization = (renew: boolean) => {
    if (renew || known === undefined) known = authorizationOf(settings, secrets);
    return known;
  };
  return {
    name,
    howToSet,
    server,
    label: `${name} at ${server.host}`,
    hints: {
      unreachable: `Check that it runs and that this machine reaches it. ${howToSet}`,
      untrusted: 'Name its certificate authority by ca_file in k8s-agent.yaml.',
    },
    notice: noticeOf(settings, server, insecure),
    mask: (text) => [...secrets].reduce((masked, secret) => masked.replaceAll(secret, '***'), text),
    options: async (renew): Promise<RequestOptions> => ({
      headers: await authorization(renew),
      agent: await agent(),
    }),
  };
}

function parseAddress({ name, url, howToSet }: BackendSettings): URL {
  if (url === undefined) throw new OpsError('config_invalid', `No address of ${name} is set.`, howToSet);
  const parsed = URL.parse(/^[a-z]+:\/\//i.test(url) ? url : `https://${url}`);
  const problem =
    parsed === null
      ? 'it is not an address'
      : !['http:', 'https:'].includes(parsed.protocol)
        ? 'it starts with neither http:// nor https://'
        : parsed.username || parsed.password
          ? 'it holds a password, which belongs into a file'
          : parsed.search || parsed.hash
            ? 'it has a query'
            : undefined;
  if (parsed !== null && problem === undefined) return parsed;
  throw new OpsError('config_invalid', `The address of ${name} cannot be used: ${problem}.`, howToSet);
}

async function authorizationOf(
  { name, token, username, password }: BackendSettings,
  secrets: Set<string>,
): Promise<Record<string, string>> {
  if (token !== undefined) {
    const value = await read(name, token);
    secrets.add(value);
    return { authorization: `Bearer ${value}` };
  }
  if (username === undefined || password === undefined) return {};
  const value = await read(name, password);
  const basic = Buffer.from(`${username}:${value}`).toString('base64');
  secrets.add(value).add(basic);
  return { authorization: `Basic ${basic}` };
}

async function read(name: string, secret: Secret): Promise<string> {
  const text = 'value' in secret ? secret.value : await readSecretFile(name, secret.file);
  const value = text.trim();
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new OpsError(
    'config_invalid',
    `The credentials of ${name} are ${value === '' ? 'empty' : 'not one line of printable characters'}.`,
    'file' in secret ? `Write the token, and nothing else, into ${secret.file}.` : 'Set it anew.',
  );
}

function readSecretFile(name: string, file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    const message = `The credentials of ${name} cannot be read: ${messageOf(error)}.`;
    throw new OpsError('config_invalid', message, 'Repair the file, or its path in k8s-agent.yaml.', { cause: error });
  });
}

/** TLS is loaded with the first request: a server that has not been asked yet needs neither. */
async function agentFor({ protocol }: URL, settings: BackendSettings): Promise<Agent> {
  const options = { keepAlive: true, maxSockets: 16, scheduling: 'lifo' as const };
  if (protocol === 'http:') return new (await import('node:http')).Agent(options);
  const { Agent } = await import('node:https');
  const ca = settings.caFile === undefined ? {} : { ca: await authorities(settings.name, settings.caFile) };
  return new Agent({ ...options, ...ca, rejectUnauthorized: !settings.insecure });
}

async function authorities(name: string, file: string): Promise<string[]> {
  const { rootCertificates } = await import('node:tls');
  return [...rootCertificates, await readSecretFile(`${name} (ca_file)`, file)];
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

function noticeOf({ name, token, password }: BackendSettings, server: URL, insecure: boolean): string | undefined {
  if (insecure && server.protocol === 'https:')
    return `Warning: the certificate of ${name} is not checked (insecure_skip_tls_verify).`;
  const signsIn = token !== undefined || password !== undefined;
  if (!signsIn || server.protocol === 'https:' || LOOPBACK.test(server.hostname)) return undefined;
  return `Warning: the credentials for ${name} travel unencrypted (http).`;
}
