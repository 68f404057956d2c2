import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ControlPlane, Topic } from '../../../shared/control-plane/ports.ts';
import { SqliteChanges } from '../../../shared/control-plane/sqlite/changes.ts';
import { openSqlite } from '../../../shared/control-plane/sqlite/open.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { SqliteApprovalStore } from '../../../shared/store/sqlite.ts';
import { actionLogContract } from '../../contracts/action-log.ts';
import { approvalStoreContract } from '../../contracts/approval-store.ts';
import { boardContract } from '../../contracts/board.ts';
import { changesContract } from '../../contracts/changes.ts';
import { daemonStateContract } from '../../contracts/daemon-state.ts';
import { documentsContract } from '../../contracts/documents.ts';
import { inboxContract } from '../../contracts/inbox.ts';
import { pastContract } from '../../contracts/past.ts';
import { runStoreContract } from '../../contracts/run-store.ts';
import { anApproval } from '../../support/builders.ts';
import { fakeClock } from '../../support/clock.ts';
import { tempFolder } from '../../support/gate-rig.ts';

const newFile = () => join(tempFolder(), 'state', 'state.db');

function plane(file = newFile(), clock: Clock = fakeClock()): ControlPlane {
  const opened = openSqlite(file, clock);
  onTestFinished(() => opened.close());
  return opened;
}

approvalStoreContract('the control plane in SQLite', async () => plane().approvals);
runStoreContract('the control plane in SQLite', async () => plane().runs);
actionLogContract('SQLite', async () => plane().actions);
inboxContract('SQLite', async () => plane().inbox);
pastContract('SQLite', async () => plane());
boardContract('SQLite', async () => plane().board);
daemonStateContract('SQLite', async () => plane().daemonState);
documentsContract('SQLite', async (clock) => plane(newFile(), clock).documents);
changesContract('SQLite', async () => {
  const file = newFile();
  return [plane(file), plane(file)];
});

describe('the changes of an SQLite file', () => {
  it('are told when the file can be read again', async () => {
    const file = { count: 0, reads: 0, broken: false };
    const counters = () => {
      file.reads += 1;
      if (file.broken) throw new Error('disk I/O error');
      return [{ topic: 'inbox', n: file.count }];
    };
    const changes = new SqliteChanges({ counters, version: () => `${file.count}` });
    onTestFinished(() => changes.close());
    const heard: Topic[] = [];
    changes.subscribe((topic) => heard.push(topic));
    Object.assign(file, { count: 1, broken: true });
    await vi.waitFor(() => expect(file.reads).toBeGreaterThan(2), { timeout: 5_000 });
    file.broken = false;
    await vi.waitFor(() => expect(heard).toEqual(['inbox']), { timeout: 5_000 });
  });
});

describe('the control plane in SQLite', () => {
  it('takes over the file of a machine that had no dashboard', async () => {
    const file = newFile();
    const before = new SqliteApprovalStore(file);
    await before.open(anApproval());
    before.close();
    expect(await plane(file).approvals.list()).toEqual([anApproval()]);
  });

  it('removes the tables of a version that was never released, and nothing else', async () => {
    const file = newFile();
    const before = plane(file);
    await before.approvals.open(anApproval());
    const db = new Database(file);
    onTestFinished(() => void db.close());
    db.exec(
      "CREATE TABLE leases (run TEXT); CREATE TABLE incidents (n INTEGER); DELETE FROM parts WHERE part = 'gone'",
    );
    expect(await plane(file).approvals.list()).toEqual([anApproval()]);
    expect(db.prepare("SELECT name FROM sqlite_master WHERE name IN ('leases', 'incidents')").all()).toEqual([]);
  });

  it('leaves nothing behind when a migration breaks off, and begins anew with the next start', async () => {
    const file = newFile();
    const before = new SqliteApprovalStore(file);
    before.close();
    const db = new Database(file);
    db.exec('CREATE TABLE documents (in_the_way TEXT)');
    expect(() => plane(file)).toThrow(/cannot be opened: table documents already exists/);
    expect(db.prepare("SELECT name FROM sqlite_master WHERE name IN ('parts', 'actions', 'runs')").all()).toEqual([]);
    db.exec('DROP TABLE documents');
    db.close();
    expect(await plane(file).actions.list()).toEqual({ records: [] });
  });

  it('refuses a file of a newer version', () => {
    const file = newFile();
    plane(file);
    const newer = new Database(file);
    newer.exec("UPDATE parts SET version = 99 WHERE part = 'dashboard'");
    newer.close();
    expect(() => plane(file)).toThrow(/newer version \(dashboard 99, known 2\)/);
  });
});
