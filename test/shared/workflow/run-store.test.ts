import { statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SqliteApprovalStore } from '../../../shared/store/sqlite.ts';
import { SqliteRunStore } from '../../../shared/store/sqlite-runs.ts';
import { aCreated, aRow, runStoreContract } from '../../contracts/run-store.ts';
import { anApproval } from '../../support/builders.ts';
import { tempFolder } from '../../support/gate-rig.ts';

function openStore(file = join(tempFolder(), 'state', 'state.db')): SqliteRunStore {
  const store = new SqliteRunStore(file);
  onTestFinished(() => store.close());
  return store;
}

runStoreContract('SQLite', async () => openStore());

describe('the SQLite store of runs', () => {
  it.each([['first'], ['last']])('shares its file with the approvals, opened %s', async (order) => {
    const file = join(tempFolder(), 'state.db');
    const early = order === 'first' ? openStore(file) : undefined;
    const approvals = new SqliteApprovalStore(file);
    onTestFinished(() => approvals.close());
    const runs = early ?? openStore(file);
    await approvals.open(anApproval());
    await runs.append(0, aCreated(), aRow());
    expect(await approvals.list()).toHaveLength(1);
    expect(await openStore(file).read('run-1')).toEqual([aCreated()]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('refuses a file of a newer version', () => {
    const file = join(tempFolder(), 'state.db');
    openStore(file);
    const newer = new Database(file);
    newer.exec("UPDATE parts SET version = 99 WHERE part = 'runs'");
    newer.close();
    expect(() => openStore(file)).toThrow(/newer version/);
  });

  it('lets two processes’ stores on one file race for a lock, and one win', async () => {
    const file = join(tempFolder(), 'state.db');
    const [a, b] = [openStore(file), openStore(file)];
    for (const run of ['run-1', 'run-2']) await a.append(0, aCreated(run), aRow({ run }));
    const admit = (store: SqliteRunStore, run: string) =>
      store.append(1, { type: 'admitted', at: 2 }, aRow({ run, status: 'running', lock: 'shop' }));
    expect(await Promise.all([admit(a, 'run-1'), admit(b, 'run-2')])).toEqual(['ok', 'locked']);
  });
});
