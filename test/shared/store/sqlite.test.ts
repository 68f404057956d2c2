import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { move } from '../../../shared/approvals/approval.ts';
import { SqliteApprovalStore } from '../../../shared/store/sqlite.ts';
import { approvalStoreContract } from '../../contracts/approval-store.ts';
import { anApproval } from '../../support/builders.ts';
import { tempFolder } from '../../support/gate-rig.ts';

function openStore(file = join(tempFolder(), 'state', 'state.db')): SqliteApprovalStore {
  const store = new SqliteApprovalStore(file);
  onTestFinished(() => store.close());
  return store;
}

approvalStoreContract('SQLite', async () => openStore());

describe('the SQLite store', () => {
  it('is read by its owner only', () => {
    const file = join(tempFolder(), 'state', 'state.db');
    openStore(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
  });

  it('lets two processes’ stores on one file race, and one win', async () => {
    const file = join(tempFolder(), 'state.db');
    const [a, b] = [openStore(file), openStore(file)];
    await a.open(anApproval());
    expect(await b.open(anApproval({ id: 'ap-other' }))).toEqual(anApproval());
    expect(await a.swap('pending', move(anApproval(), 'approved'))).toBe(true);
    expect(await b.swap('pending', move(anApproval(), 'rejected'))).toBe(false);
  });

  it('says what to do about a damaged file, and touches nothing', () => {
    const file = join(tempFolder(), 'state.db');
    writeFileSync(file, 'this is no database, but it is long enough to be looked at as one'.repeat(40));
    expect(() => openStore(file)).toThrow(/cannot be opened/);
  });

  it('refuses a file of a newer version', () => {
    const file = join(tempFolder(), 'state.db');
    const newer = new Database(file);
    newer.pragma('user_version = 99');
    newer.close();
    expect(() => openStore(file)).toThrow(/newer version/);
  });
});
