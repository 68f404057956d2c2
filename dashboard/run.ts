import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../shared/kernel/clock.ts';
import { OpsError } from '../shared/kernel/errors.ts';
import { stderrLog } from '../shared/kernel/log.ts';
import { type AdminDeps, admin } from './admin.ts';
import type { Users } from './auth/users.ts';
import { keepHouse } from './housekeeping.ts';
import { listen } from './listen.ts';
import { openStore } from './open-store.ts';
import { createDashboard } from './server.ts';
import { type Settings, settingsFrom } from './settings.ts';

export interface Process {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The state folder. */
  readonly state: string;
  readonly write: (text: string) => void;
  /** Settles when the process is to end. */
  readonly ended: Promise<unknown>;
}

/** Milliseconds for what has begun, when the process is told to end: the kubelet waits 30 s. */
const PATIENCE = 10_000;

const USAGE = `node dashboard.js                                   serve
node dashboard.js link [NAME]                       make a link for a new login, or for a new password of NAME
node dashboard.js token create NAME [--role daemon] make a token of an agent's machine, or of the daemon
node dashboard.js token list
node dashboard.js token revoke ID
`;

/** The program: serves, or does what only somebody beside the store may do. Returns the exit code. */
export async function run(given: Process): Promise<number> {
  try {
    const settings = settingsFrom(given.env);
    const controlPlane = await openStore(join(given.state, 'state.db'), settings.databaseUrl, systemClock);
    try {
      const deps = { controlPlane, clock: systemClock, origin: settings.publicUrl.origin };
      if (given.args.length === 0) await serve(given, settings, deps);
      else given.write(await administer(given.args, deps));
      return 0;
    } finally {
      await controlPlane.close();
    }
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    given.write(`${error.message}\n${error.hint}\n`);
    return 1;
  }
}

async function serve(given: Process, settings: Settings, { controlPlane, clock }: AdminDeps): Promise<void> {
  const log = stderrLog('dashboard');
  const dashboard = createDashboard(controlPlane, { ...settings, clock, log });
  const server = await listen(dashboard, settings);
  const stop = keepHouse(controlPlane, clock, log, settings.retention);
  given.write(`The dashboard listens on ${server.url}\n`);
  if (settings.oidc === undefined && (await dashboard.users.isEmpty()))
    given.write(await firstLogin(given, dashboard.users, server.url));
  await given.ended;
  stop();
  await server.close(PATIENCE);
}

async function firstLogin({ env }: Process, users: Users, url: string): Promise<string> {
  if (env.SETUP_LINK === 'never')
    return 'Nobody can sign in yet. In a terminal of your own: k8s-agent dashboard link (in its pod: node dashboard.js link)\n';
  const origin = env.PUBLIC_URL ? new URL(env.PUBLIC_URL).origin : url;
  const secret = await users.link({ first: true });
  return `Nobody can sign in yet. Open this within an hour, once:\n${origin}/setup/${secret}\n`;
}

async function administer(args: readonly string[], deps: AdminDeps): Promise<string> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { role: { type: 'string', default: 'agent' } },
    allowPositionals: true,
    strict: false,
  });
  const [what, verb, subject] = positionals;
  if (what === 'link') return admin.link(deps, verb);
  if (what === 'token' && verb === 'list') return admin.listTokens(deps);
  if (what === 'token' && verb === 'create' && subject) return admin.createToken(deps, subject, `${values.role}`);
  if (what === 'token' && verb === 'revoke' && subject) return admin.revokeToken(deps, subject);
  throw new OpsError('invalid_input', `“${args.join(' ')}” is no command.`, USAGE);
}
