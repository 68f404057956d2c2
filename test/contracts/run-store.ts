import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../shared/workflow/events.ts';
import type { RunRow, RunStore } from '../../shared/workflow/run-store.ts';

export function aRow(change: Partial<RunRow> = {}): RunRow {
  return { run: 'run-1', workflow: 'check', status: 'waiting', createdAt: 1_000, updatedAt: 1_000, ...change };
}

export function aCreated(run = 'run-1'): RunEvent {
  return {
    ...{ type: 'created', at: 1_000, run, workflow: 'check', hash: 'h', deadline: 9_000, steps: ['look'] },
    ...{ cause: { kind: 'manual', by: 'anna “ü”' }, inputs: { list: [1, null, { deep: true }] }, lock: 'shop' },
  };
}

const ADMITTED: RunEvent = { type: 'admitted', at: 1_001 };
const ENDED: RunEvent = { type: 'ended', at: 1_002, status: 'succeeded', reason: '', outputs: {} };

/** Every store of runs keeps this. */
export function runStoreContract(name: string, open: () => Promise<RunStore>): void {
  describe(`${name} keeps the RunStore contract`, () => {
    it('gives back the events in their order', async () => {
      const store = await open();
      expect(await store.append(0, aCreated(), aRow())).toBe('ok');
      expect(await store.append(1, ADMITTED, aRow({ status: 'running' }))).toBe('ok');
      expect(await store.read('run-1')).toEqual([aCreated(), ADMITTED]);
      expect(await store.read('run-none')).toEqual([]);
    });

    it.each([0, 2])('writes nothing as number %i of a run with one event', async (seq) => {
      const store = await open();
      await store.append(0, aCreated(), aRow());
      expect(await store.append(seq, ADMITTED, aRow({ status: 'running' }))).toBe('taken');
      expect(await store.read('run-1')).toEqual([aCreated()]);
      expect(await store.list()).toEqual([aRow()]);
    });

    it('lets exactly one of many writers have a number', async () => {
      const store = await open();
      await store.append(0, aCreated(), aRow());
      const results = await Promise.all(Array.from({ length: 20 }, () => store.append(1, ADMITTED, aRow())));
      expect(results.filter((result) => result === 'ok')).toHaveLength(1);
    });

    it('lets one run hold a lock, and the next one when that has ended', async () => {
      const store = await open();
      for (const run of ['run-1', 'run-2']) await store.append(0, aCreated(run), aRow({ run }));
      const holding = (run: string) => aRow({ run, status: 'running', lock: 'shop' });
      expect(await store.append(1, ADMITTED, holding('run-1'))).toBe('ok');
      expect(await store.append(1, ADMITTED, holding('run-2'))).toBe('locked');
      expect(await store.read('run-2')).toHaveLength(1);
      expect(await store.append(2, ENDED, aRow({ status: 'succeeded' }))).toBe('ok');
      expect(await store.append(1, ADMITTED, holding('run-2'))).toBe('ok');
    });

    it('keeps a lock while its own run goes on', async () => {
      const store = await open();
      await store.append(0, aCreated(), aRow());
      const holding = aRow({ status: 'running', lock: 'shop' });
      await store.append(1, ADMITTED, holding);
      expect(await store.append(2, { type: 'cancel-requested', at: 2, by: 'anna', reason: '' }, holding)).toBe('ok');
    });

    it('lists the newest first, by workflow, by status and up to a limit', async () => {
      const store = await open();
      for (const n of [1, 2, 3]) {
        await store.append(
          0,
          aCreated(`run-${n}`),
          aRow({ run: `run-${n}`, createdAt: n, workflow: n === 2 ? 'deploy' : 'check' }),
        );
      }
      await store.append(1, ADMITTED, aRow({ run: 'run-3', createdAt: 3, status: 'running' }));
      const ids = async (filter?: Parameters<RunStore['list']>[0]) => (await store.list(filter)).map(({ run }) => run);
      expect(await ids()).toEqual(['run-3', 'run-2', 'run-1']);
      expect(await ids({ workflow: 'check' })).toEqual(['run-3', 'run-1']);
      expect(await ids({ workflow: 'check', statuses: ['waiting'] })).toEqual(['run-1']);
      expect(await ids({ limit: 1 })).toEqual(['run-3']);
    });
  });
}
