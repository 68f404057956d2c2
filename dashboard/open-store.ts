import type { ControlPlane } from '../shared/control-plane/ports.ts';
import type { Clock } from '../shared/kernel/clock.ts';

/** PostgreSQL where `databaseUrl` says so, else the SQLite file. Only the one that is used is loaded. */
export async function openStore(file: string, databaseUrl: string | undefined, clock: Clock): Promise<ControlPlane> {
  if (databaseUrl !== undefined) {
    const { openPostgres } = await import('../shared/control-plane/postgres/open.ts');
    return openPostgres(databaseUrl, clock);
  }
  const { openSqlite } = await import('../shared/control-plane/sqlite/open.ts');
  return openSqlite(file, clock);
}
