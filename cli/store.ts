import { existsSync } from 'node:fs';
import { Approvals } from '../shared/approvals/approvals.ts';
import { OpsError } from '../shared/kernel/errors.ts';
import type { Context } from './context.ts';

/** The approvals of this machine, for as long as `use` runs; undefined where none were ever made. */
export async function withApprovals<T>(
  { paths, clock }: Context,
  use: (approvals: Approvals) => Promise<T>,
): Promise<T | undefined> {
  if (!existsSync(paths.database)) return undefined;
  // Loaded late: most commands need no database, and it must not be loaded before the version of Node.js is checked.
  const { SqliteApprovalStore } = await import('../shared/store/sqlite.ts');
  const store = new SqliteApprovalStore(paths.database);
  try {
    return await use(new Approvals(store, clock));
  } finally {
    store.close();
  }
}

export function unknownApproval(id: string): OpsError {
  return new OpsError('not_found', `No approval has the id ${id}.`, 'List them: k8s-agent approvals list');
}
