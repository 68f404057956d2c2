import { describe, expect, it } from 'vitest';
import type { Inbox, InboxEntry } from '../../shared/control-plane/ports.ts';
import type { Alert } from '../../shared/workflow/events.ts';

export function anAlert(change: Partial<Alert> = {}): Alert {
  return {
    labels: { alertname: 'KubePodCrashLooping', namespace: 'shop' },
    annotations: { summary: 'web crashes “again” \u0000' },
    status: 'firing',
    startsAt: '2026-11-24T06:00:00Z',
    endsAt: '',
    generatorURL: '',
    fingerprint: 'f1',
    ...change,
  };
}

const MANUAL = { workflow: 'check', inputs: { app: 'shop', deep: { list: [1, null] } }, by: 'anna' };

/** Every inbox keeps this. */
export function inboxContract(name: string, open: () => Promise<Inbox>): void {
  describe(`${name} keeps the Inbox contract`, () => {
    const receive = async (inbox: Inbox, alert: Alert, now = 1_000): Promise<InboxEntry> => {
      const [entry] = await inbox.receive('group', [alert], now);
      if (entry === undefined) throw new Error('nothing was received');
      return entry;
    };

    it('keeps an alert until it is taken in', async () => {
      const inbox = await open();
      const entry = await receive(inbox, anAlert());
      expect(entry).toMatchObject({ version: 1, receivedAt: 1_000, updatedAt: 1_000, seen: 1 });
      expect(entry.body).toEqual({ kind: 'alert', alert: anAlert(), groupKey: 'group' });
      expect(await inbox.waiting()).toEqual([entry]);
      expect(await inbox.acknowledge(entry.id, 1, 'run-1')).toBe(true);
      expect(await inbox.waiting()).toEqual([]);
      expect(await inbox.list()).toEqual([{ ...entry, acknowledged: 1, run: 'run-1' }]);
    });

    it('counts a repetition, which is no news', async () => {
      const inbox = await open();
      const { id } = await receive(inbox, anAlert());
      await inbox.acknowledge(id, 1);
      expect(await receive(inbox, anAlert(), 2_000)).toMatchObject({ id, version: 1, seen: 2, updatedAt: 1_000 });
      expect(await inbox.waiting()).toEqual([]);
    });

    it('takes a resolve as news of the same entry, which keeps its run', async () => {
      const inbox = await open();
      const { id } = await receive(inbox, anAlert());
      await inbox.acknowledge(id, 1, 'run-1');
      await receive(inbox, anAlert({ status: 'resolved', endsAt: '2026-11-24T07:00:00Z' }), 2_000);
      const [news] = await inbox.waiting();
      expect(news).toMatchObject({ id, version: 2, acknowledged: 1, run: 'run-1', updatedAt: 2_000 });
      expect(news?.body).toMatchObject({ alert: { status: 'resolved', endsAt: '2026-11-24T07:00:00Z' } });
      expect(await inbox.acknowledge(id, 1)).toBe(false);
      expect(await inbox.acknowledge(id, 2)).toBe(true);
      expect(await inbox.list()).toMatchObject([{ acknowledged: 2, run: 'run-1' }]);
    });

    it('is not confused by a firing that comes after its resolve', async () => {
      const inbox = await open();
      const resolved = await receive(inbox, anAlert({ status: 'resolved' }));
      expect(await receive(inbox, anAlert(), 2_000)).toEqual({ ...resolved, seen: 2 });
    });

    it('begins a new entry where the same alert starts again, or another does', async () => {
      const inbox = await open();
      await receive(inbox, anAlert({ status: 'resolved' }));
      await receive(inbox, anAlert({ startsAt: '2026-11-24T08:00:00Z' }), 2_000);
      await receive(inbox, anAlert({ fingerprint: '', labels: { alertname: 'Other' } }), 3_000);
      expect(await inbox.waiting()).toHaveLength(3);
    });

    it('makes one entry of an alert that comes many times at once', async () => {
      const inbox = await open();
      const both = [anAlert(), anAlert({ fingerprint: 'f2' })];
      await Promise.all(Array.from({ length: 20 }, (_, n) => inbox.receive('g', n % 2 ? both : both.toReversed(), n)));
      expect((await inbox.list()).map(({ seen }) => seen)).toEqual([20, 20]);
    });

    it('keeps what a person asked for, oldest first beside the alerts', async () => {
      const inbox = await open();
      const first = await inbox.trigger(MANUAL, 1_000);
      const alert = await receive(inbox, anAlert(), 2_000);
      const second = await inbox.trigger(MANUAL, 3_000);
      expect(first.body).toEqual({ kind: 'manual', ...MANUAL });
      expect((await inbox.waiting()).map(({ id }) => id)).toEqual([first.id, alert.id, second.id]);
      expect(await inbox.waiting(1)).toHaveLength(1);
      expect((await inbox.list()).map(({ id }) => id)).toEqual([second.id, alert.id, first.id]);
    });

    it('takes in nothing that it does not have', async () => {
      expect(await (await open()).acknowledge('in-none', 1)).toBe(false);
    });

    it('forgets what is older', async () => {
      const inbox = await open();
      await inbox.trigger(MANUAL, 1_000);
      await inbox.trigger(MANUAL, 2_000);
      expect(await inbox.prune(2_000)).toBe(1);
      expect(await inbox.list()).toMatchObject([{ receivedAt: 2_000 }]);
    });
  });
}
