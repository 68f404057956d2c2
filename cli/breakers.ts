import { existsSync } from 'node:fs';
import type { BreakerState } from '../daemon/breaker/breaker.ts';
import type { Breaker, Breakers } from '../daemon/breaker/breakers.ts';
import { backendSettings } from '../shared/config/backends.ts';
import { readConfig } from '../shared/config/config.ts';
import { iso } from '../shared/kernel/clock.ts';
import { stderrLog } from '../shared/kernel/log.ts';
import type { Context } from './context.ts';

/**
 * The breakers that the daemons of this machine go by: at the dashboard, or in this machine's file. Undefined where
 * nothing was ever stored; no file is made.
 */
export async function withBreakers<T>(
  { paths, env, clock }: Context,
  use: (breakers: Breakers) => Promise<T>,
): Promise<T | undefined> {
  const config = await readConfig(paths.config);
  const isHere = backendSettings('dashboard', config, env).token === undefined;
  if (isHere && !existsSync(paths.database)) return undefined;
  // Loaded late: most commands need no database, and it must not be loaded before the version of Node.js is checked.
  const { openDaemonStores } = await import('../daemon/stores.ts');
  const { openBreakers } = await import('../daemon/breaker/open.ts');
  const stores = await openDaemonStores({ config, paths, env, clock, log: stderrLog('k8s-agent') });
  return use(openBreakers(stores, clock)).finally(() => stores.close());
}

/** What stands between a workflow and its next start; undefined where nothing does. */
export function stopText(state: BreakerState, now: number): string | undefined {
  if (state.kind === 'closed')
    return state.probation ? 'is tried again: its first failure stops it once more' : undefined;
  return now < state.until
    ? `is stopped until ${iso(state.until)}: ${state.reason}`
    : `was stopped: ${state.reason}; its next start is tried, and its first failure stops it once more`;
}

export function breakerRow({ workflow, state }: Breaker, now: number): readonly string[] {
  const by = state.kind === 'closed' && state.by !== undefined ? `${state.by} lets it go on` : 'goes on';
  return [workflow, iso(state.at), stopText(state, now) ?? by];
}
