import timers from 'node:timers/promises';
import { Approvals } from '../approvals/approvals.ts';
import type { ApprovalStore } from '../approvals/store.ts';
import { backendSettings } from '../config/backends.ts';
import type { Config } from '../config/schema.ts';
import type { ApiClient } from '../control-plane/client/api-client.ts';
import type { Desk } from '../gate/ports.ts';
import type { Clock } from '../kernel/clock.ts';
import { OpsError } from '../kernel/errors.ts';
import type { Paths } from '../kernel/paths.ts';

/** A machine: what is set there, and where its files are. */
export interface Place {
  readonly config: Config;
  readonly paths: Paths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

/** Where approvals are kept, and where besides the terminal a person answers. */
export interface Approving {
  readonly approvals: Approvals;
  /** Undefined without a dashboard. */
  readonly desk?: Desk;
  close(): Promise<void>;
}

/** Milliseconds between looks at this machine's file. */
const LOOK = 250;

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * This machine's file; with a dashboard and a token, the dashboard's. A dashboard on this machine shares the file, and
 * needs no token.
 */
export async function openApprovals(place: Place): Promise<Approving> {
  const { config, paths, env, clock } = place;
  const { url, token } = backendSettings('dashboard', config, env);
  const wait = waitOf(place);
  if (token !== undefined && url !== undefined) return remote(place, linksTo(url), wait);
  const { SqliteApprovalStore } = await import('../store/sqlite.ts');
  const store = new SqliteApprovalStore(paths.database);
  const approvals = new Approvals(store, clock);
  const close = async () => store.close();
  const changed: Desk['changed'] = (id, ms, signal) => poll(store, clock, id, ms, signal);
  if (url === undefined) {
    // A server that a daemon has started has no terminal: whoever answers does so in this machine’s file.
    const desk = { isRemote: false, wait, link: async () => undefined, changed };
    return { approvals, close, ...(env.K8S_AGENT_RUN !== undefined && { desk }) };
  }
  if (!isOnThisMachine(url)) throw tokenMissing(url);
  const link = async (id: string) => linksTo(url)(id);
  return { approvals, close, desk: { isRemote: false, wait, link, changed } };
}

/** Whether a dashboard at this address shares this machine's file. */
export function isOnThisMachine(url: string): boolean {
  return LOOPBACK.test(URL.parse(baseOf(url))?.hostname ?? '');
}

/** The dashboard's API, where a dashboard with a token is set. */
export async function dashboardApi({ config, env }: Pick<Place, 'config' | 'env'>): Promise<ApiClient | undefined> {
  const settings = backendSettings('dashboard', config, env);
  if (settings.url === undefined || settings.token === undefined) return undefined;
  const { ApiClient } = await import('../control-plane/client/api-client.ts');
  const { openBackend } = await import('../http/backend.ts');
  return new ApiClient(() => openBackend(settings));
}

/** Milliseconds that a call waits for a yes: a daemon says it to the servers that it starts. */
function waitOf({ config, env }: Place): number {
  const said = Number(env.K8S_AGENT_APPROVAL_WAIT || Number.NaN);
  return (said >= 0 ? said : config.approvals.wait) * 1000;
}

async function remote(place: Place, link: (id: string) => string, wait: number): Promise<Approving> {
  const { paths, clock } = place;
  const api = await dashboardApi(place);
  if (api === undefined) throw new Error('no dashboard is set');
  const { openSqlite } = await import('../control-plane/sqlite/open.ts');
  const { HttpApprovalStore } = await import('../control-plane/client/stores.ts');
  const { FallbackApprovalStore } = await import('../control-plane/client/fallback.ts');
  const { approvals: here, documents: sent, close } = openSqlite(paths.database, clock);
  const there = new HttpApprovalStore(api);
  const store = new FallbackApprovalStore({ here, there, sent, clock });
  const desk: Desk = {
    isRemote: true,
    wait,
    link: async (id) => ((await store.isHere(id)) ? undefined : link(id)),
    changed: async (id, ms, signal) =>
      (await store.isHere(id)) ? poll(here, clock, id, ms, signal) : there.changed(id, 'pending', ms, signal),
  };
  return { approvals: new Approvals(store, clock), close, desk };
}

async function poll(store: ApprovalStore, clock: Clock, id: string, ms: number, signal: AbortSignal) {
  const end = clock.now() + ms;
  for (;;) {
    const approval = await store.get(id);
    if (approval?.state !== 'pending' || clock.now() >= end) return approval;
    await timers.setTimeout(LOOK, undefined, { signal });
  }
}

/** The address of the dashboard as a link: where the configuration names no scheme https, and http on this machine. */
export function baseOf(url: string): string {
  if (/^[a-z]+:\/\//i.test(url)) return url;
  const plain = `http://${url}`;
  return LOOPBACK.test(URL.parse(plain)?.hostname ?? '') ? plain : `https://${url}`;
}

function linksTo(url: string): (id: string) => string {
  const base = baseOf(url).replace(/\/$/, '');
  return (id) => `${base}/pending/${id}`;
}

function tokenMissing(url: string): OpsError {
  return new OpsError(
    'config_invalid',
    `The dashboard at ${url} is on another machine, and no token for it is set.`,
    'Make one there (k8s-agent token create), and name its file by dashboard.token_file in k8s-agent.yaml.',
  );
}
