import { describe, expect, it, onTestFinished } from 'vitest';
import type { Approval, ApprovalState } from '../../../shared/approvals/approval.ts';
import { Approvals } from '../../../shared/approvals/approvals.ts';
import type { ApprovalStore } from '../../../shared/approvals/store.ts';
import { HttpDaemonState } from '../../../shared/control-plane/client/daemon-state.ts';
import { HttpActionLog, HttpBoard, HttpInbox } from '../../../shared/control-plane/client/feeds.ts';
import { HttpApprovalStore, HttpRunStore } from '../../../shared/control-plane/client/stores.ts';
import type { ControlPlane } from '../../../shared/control-plane/ports.ts';
import { openPostgres } from '../../../shared/control-plane/postgres/open.ts';
import { aChain, actionLogContract } from '../../contracts/action-log.ts';
import { approvalStoreContract } from '../../contracts/approval-store.ts';
import { boardContract } from '../../contracts/board.ts';
import { daemonStateContract } from '../../contracts/daemon-state.ts';
import { anAlert, inboxContract } from '../../contracts/inbox.ts';
import { aCreated, aRow, runStoreContract } from '../../contracts/run-store.ts';
import { anApproval } from '../../support/builders.ts';
import { fakeClock } from '../../support/clock.ts';
import { lossyProxy } from '../../support/lossy-proxy.ts';
import { postgresForTests } from '../../support/postgres.ts';
import { type Replica, replica } from '../../support/replica.ts';

const postgres = postgresForTests();

/** Two replicas of the dashboard on one PostgreSQL: what is written at the first is read at the second. */
async function replicas() {
  const url = await postgres.database();
  const clock = fakeClock(1_000);
  const opened = await Promise.all([openPostgres(url, clock), openPostgres(url, clock)]);
  onTestFinished(async () => {
    for (const plane of opened) await plane.close();
  });
  const [plane, other] = opened;
  return { plane, clock, writer: await replica(plane, clock), reader: await replica(other, clock) };
}

const PERSONS: readonly ApprovalState[] = ['approved', 'rejected'];

/** What a token may do goes over the API; what only a person does, and what has a past, goes into the database. */
function overApi(plane: ControlPlane, writer: Replica, reader: Replica): ApprovalStore {
  const [to, from] = [new HttpApprovalStore(writer.client()), new HttpApprovalStore(reader.client())];
  const isNew = ({ state, settled, claim }: Approval) => state === 'pending' && !settled && !claim;
  return {
    open: (approval) => (isNew(approval) ? to : plane.approvals).open(approval),
    get: (id) => from.get(id),
    list: (filter) => from.list(filter),
    swap: (state, next) => (PERSONS.includes(next.state) ? plane.approvals : to).swap(state, next),
  };
}

approvalStoreContract('the API of two replicas', async () => {
  const { plane, writer, reader } = await replicas();
  return overApi(plane, writer, reader);
});

runStoreContract('the API of two replicas', async () => {
  const { writer, reader } = await replicas();
  const [to, from] = [new HttpRunStore(writer.client()), new HttpRunStore(reader.client())];
  return {
    append: (...event) => to.append(...event),
    read: (run) => from.read(run),
    list: (filter) => from.list(filter),
  };
});

actionLogContract('the API of two replicas', async () => {
  const { plane, writer, reader } = await replicas();
  const [to, from] = [new HttpActionLog(writer.client()), new HttpActionLog(reader.client())];
  return {
    ship: (records) => to.ship(records),
    list: (filter) => from.list(filter),
    chains: () => from.chains(),
    prune: (before) => plane.actions.prune(before),
  };
});

inboxContract('the API of two replicas', async () => {
  const { plane, writer, reader } = await replicas();
  const [to, from] = [new HttpInbox(writer.client()), new HttpInbox(reader.client())];
  const { inbox } = plane;
  return {
    receive: (...alerts) => inbox.receive(...alerts),
    trigger: (...manual) => inbox.trigger(...manual),
    prune: (before) => inbox.prune(before),
    waiting: (limit) => from.waiting(limit),
    list: (limit) => from.list(limit),
    acknowledge: (...entry) => to.acknowledge(...entry),
  };
});

daemonStateContract('the API of two replicas', async () => {
  const { writer, reader } = await replicas();
  const [to, from] = [new HttpDaemonState(writer.client()), new HttpDaemonState(reader.client())];
  return {
    get: (part, key) => from.get(part, key),
    list: (part) => from.list(part),
    due: (part, by) => from.due(part, by),
    swap: (...document) => to.swap(...document),
  };
});

boardContract('the API of two replicas', async () => {
  const { writer, reader } = await replicas();
  const [to, from] = [new HttpBoard(writer.client()), new HttpBoard(reader.client())];
  return {
    publishStatus: (status) => to.publishStatus(status),
    publishWorkflows: (list) => to.publishWorkflows(list),
    status: () => from.status(),
    workflows: () => from.workflows(),
  };
});

describe('the API of two replicas', () => {
  const signal = new AbortController().signal;

  it('answers who waits at one of them when a person has settled at the other', async () => {
    const { plane, clock, writer, reader } = await replicas();
    await new HttpApprovalStore(writer.client()).open(anApproval());
    const waiting = new HttpApprovalStore(reader.client()).changed(anApproval().id, 'pending', 30_000, signal);
    await new Approvals(plane.approvals, clock).settle(anApproval().id, {
      decision: 'approve',
      by: 'anna',
      via: 'cli',
    });
    expect(await waiting).toMatchObject({ state: 'approved', settled: { by: 'anna' } });
  });

  it('answers who waits as it is when time is up', async () => {
    const { writer } = await replicas();
    const store = new HttpApprovalStore(writer.client());
    await store.open(anApproval());
    expect(await store.changed(anApproval().id, 'pending', 50, signal)).toEqual(anApproval());
    expect(await store.changed('ap-none', 'pending', 50, signal)).toBeUndefined();
  });

  it('hands an alert to the daemon that waits at the other', async () => {
    const { plane, reader } = await replicas();
    const inbox = new HttpInbox(reader.client());
    expect(await inbox.arrived(50, signal)).toEqual([]);
    const waiting = inbox.arrived(30_000, signal);
    const received = await plane.inbox.receive('group', [anAlert()], 1_000);
    expect(await waiting).toEqual(received);
  });

  it('lets a caller who has gone away go', async () => {
    const { writer } = await replicas();
    const gone = new AbortController();
    const waiting = new HttpInbox(writer.client()).arrived(30_000, gone.signal);
    gone.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  });

  it.each<[string, (store: HttpApprovalStore, approval: Approval) => Promise<unknown>]>([
    ['approve', (store, approval) => store.swap('pending', { ...approval, state: 'approved' })],
    ['reject', (store, approval) => store.swap('pending', { ...approval, state: 'rejected' })],
    [
      'bring one that is approved',
      (store, approval) => store.open({ ...approval, id: 'ap-x', key: 'x', state: 'approved' }),
    ],
    [
      'change what a person reads',
      (store, approval) => store.swap('pending', { ...approval, what: '', state: 'void' }),
    ],
  ])('lets no token %s', async (_, attempt) => {
    const { plane, writer } = await replicas();
    const store = new HttpApprovalStore(writer.client());
    await store.open(anApproval());
    await expect(attempt(store, anApproval())).rejects.toMatchObject({ code: 'forbidden' });
    expect(await plane.approvals.list()).toEqual([anApproval()]);
  });

  it('takes an event of a run once when the answer gets lost', async () => {
    const { plane, writer } = await replicas();
    const proxy = await lossyProxy(writer.url);
    proxy.lose = true;
    const runs = new HttpRunStore(writer.client({ url: proxy.url }));
    expect(await runs.append(0, aCreated(), aRow())).toBe('ok');
    expect(await plane.runs.read('run-1')).toEqual([aCreated()]);
    expect(await runs.append(0, { ...aCreated(), at: 5 }, aRow()).catch(String)).toContain('Cannot reach');
  });

  it('knows what it has swapped, and removed, when the answer gets lost', async () => {
    const { plane, writer } = await replicas();
    const proxy = await lossyProxy(writer.url);
    proxy.lose = true;
    const state = new HttpDaemonState(writer.client({ url: proxy.url }));
    expect(await state.swap('leases', 'a', 0, { value: { by: 'us' }, due: 5 })).toBe(true);
    const { version = 0 } = (await plane.daemonState.get('leases', 'a')) ?? {};
    expect(await state.swap('leases', 'a', version, { value: { by: 'us again' } })).toBe(true);
    expect(await state.swap('leases', 'a', version, { value: { by: 'others' } }).catch(String)).toContain(
      'Cannot reach',
    );
    expect(await state.swap('leases', 'a', version, undefined).catch(String)).toContain('Cannot reach');
    expect((await plane.daemonState.get('leases', 'a'))?.value).toEqual({ by: 'us again' });
    expect(await state.swap('leases', 'a', version + 1, undefined)).toBe(true);
    expect(await plane.daemonState.list('leases')).toEqual([]);
  });

  it('says what it does not take, in the words of the dashboard', async () => {
    const { writer } = await replicas();
    const odd = { ...aChain('w', [{}])[0], id: '' };
    // @ts-expect-error: no record
    await expect(new HttpActionLog(writer.client()).ship([odd])).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('says that something else answers there', async () => {
    const { writer } = await replicas();
    const elsewhere = writer.client({ url: `${writer.url}/assets` });
    await expect(new HttpBoard(elsewhere).status()).rejects.toMatchObject({ code: 'not_found' });
  });
});
