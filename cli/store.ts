import { existsSync } from 'node:fs';
import { Approvals } from '../shared/approvals/approvals.ts';
import { backendSettings } from '../shared/config/backends.ts';
import { readConfig } from '../shared/config/config.ts';
import { OpsError } from '../shared/kernel/errors.ts';
import type { Context } from './context.ts';

type Use<T> = (approvals: Approvals) => Promise<T>;

/**
 * The approvals that the servers of this machine ask for, for as long as `use` runs: its own, and those at the dashboard
 * where one is set. Undefined where none were ever made.
 */
export async function withApprovals<T>(context: Context, use: Use<T>): Promise<T | undefined> {
  const { paths, clock, env } = context;
  const config = await readConfig(paths.config);
  if (backendSettings('dashboard', config, env).token === undefined) return withOwnApprovals(context, use);
  const { openApprovals } = await import('../shared/boot/desk.ts');
  const { approvals, close } = await openApprovals({ config, paths, env, clock });
  return use(approvals).finally(close);
}

/** Those in this machine's file alone. */
export async function withOwnApprovals<T>({ paths, clock }: Context, use: Use<T>): Promise<T | undefined> {
  if (!existsSync(paths.database)) return undefined;
  // Loaded late: most commands need no database, and it must not be loaded before the version of Node.js is checked.
  const { SqliteApprovalStore } = await import('../shared/store/sqlite.ts');
  const store = new SqliteApprovalStore(paths.database);
  return use(new Approvals(store, clock)).finally(() => store.close());
}

export function unknownApproval(id: string): OpsError {
  return new OpsError('not_found', `No approval has the id ${id}.`, 'List them: k8s-agent approvals list');
}
