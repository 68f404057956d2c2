import { Client } from 'pg';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ControlPlane, Topic } from '../../../shared/control-plane/ports.ts';
import { openPostgres } from '../../../shared/control-plane/postgres/open.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
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
import { postgresForTests } from '../../support/postgres.ts';

const postgres = postgresForTests();

async function plane(url?: string, clock: Clock = fakeClock()): Promise<ControlPlane> {
  const opened = await openPostgres(url ?? (await postgres.database()), clock);
  onTestFinished(() => opened.close());
  return opened;
}

approvalStoreContract('PostgreSQL', async () => (await plane()).approvals);
runStoreContract('PostgreSQL', async () => (await plane()).runs);
actionLogContract('PostgreSQL', async () => (await plane()).actions);
inboxContract('PostgreSQL', async () => (await plane()).inbox);
pastContract('PostgreSQL', () => plane());
boardContract('PostgreSQL', async () => (await plane()).board);
daemonStateContract('PostgreSQL', async () => (await plane()).daemonState);
documentsContract('PostgreSQL', async (clock) => (await plane(undefined, clock)).documents);
changesContract('PostgreSQL', async () => {
  const url = await postgres.database();
  return [await plane(url), await plane(url)];
});

describe('the control plane in PostgreSQL', () => {
  it('is migrated once by replicas that start together', async () => {
    const url = await postgres.database();
    const replicas = await Promise.all(Array.from({ length: 4 }, () => plane(url)));
    await replicas[0]?.approvals.open(anApproval());
    expect(await replicas[3]?.approvals.get(anApproval().id)).toEqual(anApproval());
  });

  it('leaves nothing behind when a migration breaks off, and begins anew with the next start', async () => {
    const url = await postgres.database();
    // The last part fails on it, when all tables are made.
    await execute(url, "CREATE FUNCTION tell_board() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'");
    await expect(plane(url)).rejects.toThrow(/cannot be opened/);
    await execute(url, 'DROP FUNCTION tell_board()');
    expect(await (await plane(url)).approvals.list()).toEqual([]);
  });

  it('refuses a database of a newer version', async () => {
    const url = await postgres.database();
    await plane(url);
    await execute(url, "UPDATE parts SET version = 99 WHERE part = 'runs'");
    await expect(plane(url)).rejects.toThrow(/newer version \(runs 99, known 1\)/);
  });

  it('says which database does not answer, and never the password', async () => {
    const error = await openPostgres('postgres://anna:geheim@127.0.0.1:1/agent', fakeClock()).catch(String);
    expect(error).toContain('The database agent on 127.0.0.1:1 cannot be opened: connect ECONNREFUSED');
    expect(error).not.toContain('geheim');
  });

  it('goes on, and tells of everything, when the database has been away', async () => {
    const here = await plane();
    const topics = new Set<Topic>();
    here.changes.subscribe((topic) => topics.add(topic));
    await postgres.stop();
    await expect(here.approvals.list()).rejects.toMatchObject({ code: 'store_unavailable' });
    await postgres.start();
    await vi.waitFor(() => expect(topics.size).toBe(6), { timeout: 20_000 });
    topics.clear();
    await here.approvals.open(anApproval());
    await vi.waitFor(() => expect([...topics]).toEqual(['approvals']), { timeout: 5_000 });
  });
});

async function execute(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}
