import { Users } from '../../dashboard/auth/users.ts';
import { openStore } from '../../dashboard/open-store.ts';
import { settingsFrom } from '../../dashboard/settings.ts';
import type { Context } from '../context.ts';

/** Whether somebody has a login already, so that the link for the first one counts no more. */
export async function hasLogin({ paths, clock, env }: Context): Promise<boolean> {
  const { documents, close } = await openStore(paths.database, settingsFrom(env).databaseUrl, clock);
  try {
    return !(await new Users(documents, clock).isEmpty());
  } finally {
    await close();
  }
}
