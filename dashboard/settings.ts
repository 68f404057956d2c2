import { readFileSync } from 'node:fs';
import { messageOf, OpsError } from '../shared/kernel/errors.ts';
import type { OidcSettings } from './auth/oidc.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly publicUrl: URL;
  /** PostgreSQL; undefined: the SQLite file of the state folder. */
  readonly databaseUrl?: string;
  /** Milliseconds that history is kept; undefined: for ever. */
  readonly retention?: number;
  /** Milliseconds that a login lasts. */
  readonly sessionLife: number;
  readonly proxies: number;
  readonly alertmanagerToken?: () => Promise<string | undefined>;
  readonly oidc?: OidcSettings;
}

/** What the environment says; docs/dashboard.md lists it. Throws an `OpsError` that names the variable. */
export function settingsFrom(env: Environment): Settings {
  const port = whole(env, 'PORT', 8080, [0, 65_535]);
  const host = env.HOST || '127.0.0.1';
  const days = whole(env, 'RETENTION_DAYS', 90, [0, 36_500]);
  const databaseUrl = env.DATABASE_URL_FILE ? secret(env, 'DATABASE_URL_FILE') : env.DATABASE_URL;
  const tokenFile = env.ALERTMANAGER_TOKEN_FILE;
  return {
    port,
    host,
    publicUrl: publicUrl(env.PUBLIC_URL || `http://127.0.0.1:${port}`),
    sessionLife: whole(env, 'SESSION_HOURS', 12, [1, 720]) * 3_600_000,
    proxies: whole(env, 'TRUSTED_PROXIES', 0, [0, 10]),
    ...(databaseUrl && { databaseUrl }),
    ...(days > 0 && { retention: days * 86_400_000 }),
    // Read each time: a token that was replaced counts, and one that is put there later, too.
    ...(tokenFile && { alertmanagerToken: async () => textOf(tokenFile) }),
    ...(env.OIDC_ISSUER && { oidc: oidc(env, env.OIDC_ISSUER) }),
  };
}

function publicUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/') return url;
  throw invalid('PUBLIC_URL', `“${text}” is not the address of a server`, 'As in https://k8s-agent.example.com');
}

function oidc(env: Environment, issuer: string): OidcSettings {
  if (!URL.canParse(issuer)) throw invalid('OIDC_ISSUER', `“${issuer}” is no URL`, 'As in https://git.example.com');
  const clientId = env.OIDC_CLIENT_ID;
  if (!clientId)
    throw invalid('OIDC_CLIENT_ID', 'it is not set, and OIDC_ISSUER is', 'The issuer shows it with the application.');
  const approvers = (env.OIDC_APPROVERS ?? '').split(',').map((name) => name.trim());
  if (approvers.join('') === '') {
    throw invalid(
      'OIDC_APPROVERS',
      'it is not set, so that nobody could approve',
      'Names, as in “ada,grace”, or subjects, as in “sub:1234”; “*” for everybody whom the issuer signs in.',
    );
  }
  secret(env, 'OIDC_CLIENT_SECRET_FILE');
  return { issuer, clientId, clientSecret: async () => secret(env, 'OIDC_CLIENT_SECRET_FILE'), approvers };
}

/** The text of a file that has to be there. */
function secret(env: Environment, name: string): string {
  const file = env[name];
  if (!file) throw invalid(name, 'it is not set', 'It names a file that holds the secret alone.');
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw invalid(name, `its file cannot be read: ${messageOf(error)}`, 'Put the secret there, alone in the file.');
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function whole(env: Environment, name: string, usual: number, [least, most]: readonly [number, number]): number {
  const text = env[name];
  if (text === undefined || text === '') return usual;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalid(name, `“${text}” is no whole number from ${least} to ${most}`, `Leave it out for ${usual}.`);
}

function invalid(name: string, what: string, hint: string): OpsError {
  return new OpsError('config_invalid', `${name}: ${what}.`, hint);
}
