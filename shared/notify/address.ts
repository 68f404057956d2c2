import { readFile } from 'node:fs/promises';
import { type Backend, openBackend, type Secret } from '../http/backend.ts';
import { errnoOf, OpsError } from '../kernel/errors.ts';
import type { ChannelSettings } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a channel's messages go: read anew for each, so that a new token or webhook counts at once. */
export interface Address {
  readonly backend: Backend;
  /** Below the backend's own path. */
  readonly path: string;
  /** Takes the channel's secrets out of a text. */
  readonly mask: (text: string) => string;
}

/** Throws an `OpsError` that shows nothing of the secret. */
export async function addressOf(channel: ChannelSettings, label: string, env: Environment): Promise<Address> {
  const { name, ca_file: caFile } = channel;
  const common = { name: label, caFile, insecure: false, howToSet: `See channel ${name} in k8s-agent.yaml.` };
  switch (channel.type) {
    case 'discord':
    case 'slack': {
      const secret = secretOf(channel.webhook_file, channel.webhook_env, env);
      const url = demandPrivate(await read(secret, name, 'webhook'), name, 'webhook');
      return {
        backend: await openBackend({ ...common, url }),
        path: '',
        mask: masking(url.split('/').findLast(Boolean)),
      };
    }
    case 'telegram': {
      const token = await read(secretOf(channel.token_file, channel.token_env, env), name, 'token');
      if (!/^\d+:[\w-]+$/.test(token)) throw broken(name, 'its token is not one of a bot', 'BotFather gives one.');
      const url = `${demandPrivate(channel.url, name, 'url').replace(/\/$/, '')}/bot${token}`;
      return { backend: await openBackend({ ...common, url }), path: '/sendMessage', mask: masking(token) };
    }
    case 'ntfy': {
      const token = secretOf(channel.token_file, channel.token_env, env);
      const backend = await openBackend({ ...common, url: channel.url, token });
      return { backend, path: '', mask: backend.mask };
    }
  }
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Whoever sees this address can post, so it never travels in the open. Checked before anything asks for its host. */
function demandPrivate(text: string, name: string, what: string): string {
  const url = URL.parse(text);
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (safe) return text;
  throw broken(name, `its ${what} is no https address`, `A ${what} begins with https://.`);
}

function secretOf(file: string | undefined, variable: string | undefined, env: Environment): Secret | undefined {
  if (file !== undefined) return { file };
  return variable === undefined ? undefined : { value: env[variable] ?? '' };
}

async function read(secret: Secret | undefined, name: string, what: string): Promise<string> {
  const text = secret === undefined || 'value' in secret ? secret?.value : await readSecretFile(secret.file, name);
  const value = text?.trim() ?? '';
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  const problem = value === '' ? 'empty' : 'not one line of printable characters';
  throw broken(
    name,
    `its ${what} is ${problem}`,
    `Write the ${what}, and nothing else, where ${what}_file or _env say.`,
  );
}

function readSecretFile(file: string, name: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw broken(name, `${file} cannot be read (${errnoOf(error) ?? 'unknown'})`, 'Repair the file, or its path.');
  });
}

function broken(name: string, problem: string, hint: string): OpsError {
  return new OpsError(
    'config_invalid',
    `Channel ${name} cannot be used: ${problem}.`,
    `${hint} See docs/notifications.md.`,
  );
}

function masking(secret: string | undefined): (text: string) => string {
  return (text) => (secret ? text.replaceAll(secret, '***') : text);
}
