import type { AdminDeps } from '../dashboard/admin.ts';
import { openStore } from '../dashboard/open-store.ts';
import { settingsFrom } from '../dashboard/settings.ts';
import type { Context } from './context.ts';
import { runningDashboard } from './dashboard-exec.ts';

/** Does something with the dashboard's store of this machine, or with the PostgreSQL that the environment names, and prints what it says. */
export async function withDashboard(
  { paths, clock, env, terminal }: Context,
  work: (deps: AdminDeps) => Promise<string>,
): Promise<number> {
  const { databaseUrl, publicUrl } = settingsFrom(env);
  const running = env.PUBLIC_URL ? undefined : await runningDashboard(paths);
  const controlPlane = await openStore(paths.database, databaseUrl, clock);
  try {
    terminal.write(await work({ controlPlane, clock, origin: running ?? publicUrl.origin }));
    return 0;
  } finally {
    await controlPlane.close();
  }
}
