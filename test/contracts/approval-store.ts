import { describe, expect, it } from 'vitest';
import { move } from '../../shared/approvals/approval.ts';
import type { ApprovalStore } from '../../shared/approvals/store.ts';
import { anApproval } from '../support/builders.ts';

/** Every store of approvals keeps this. */
export function approvalStoreContract(name: string, open: () => Promise<ApprovalStore>): void {
  describe(`${name} keeps the ApprovalStore contract`, () => {
    it('gives back what it was given', async () => {
      const store = await open();
      const full = anApproval({
        agent: 'k8s-diagnostician',
        session: 's1',
        run: 'r1',
        settled: { at: 5, by: 'anna', via: 'cli', reason: 'ok' },
        claim: { at: 6, writer: 'w', call: 'c', deadline: 7 },
        result: 'done',
        what: 'two\nlines “quoted” ✓',
      });
      await store.open(full);
      expect(await store.get(full.id)).toEqual(full);
      expect(await store.get('ap-none')).toBeUndefined();
    });

    it('finds the open approval with the same key instead of adding a second', async () => {
      const store = await open();
      await store.open(anApproval());
      expect(await store.open(anApproval({ id: 'ap-2' }))).toEqual(anApproval());
      expect(await store.list()).toHaveLength(1);
    });

    it('gives back the one that was sent twice, whatever has become of it', async () => {
      const store = await open();
      await store.open(anApproval());
      await store.swap('pending', move(anApproval(), 'rejected'));
      expect(await store.open(anApproval())).toMatchObject({ state: 'rejected' });
      await store.open(anApproval({ id: 'ap-2' }));
      expect(await store.open(anApproval())).toMatchObject({ id: 'ap-2' });
    });

    it.each(['rejected', 'expired', 'void'] as const)('adds a new one when the old one is %s', async (state) => {
      const store = await open();
      await store.open(anApproval());
      await store.swap('pending', move(anApproval(), state));
      expect(await store.open(anApproval({ id: 'ap-2' }))).toMatchObject({ id: 'ap-2', state: 'pending' });
    });

    it('adds one when many ask for the same key at once', async () => {
      const store = await open();
      const opened = await Promise.all(Array.from({ length: 20 }, (_, i) => store.open(anApproval({ id: `ap-${i}` }))));
      expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
    });

    it('lets exactly one of two racing reviewers win', async () => {
      const store = await open();
      await store.open(anApproval());
      const won = await Promise.all(
        (['approved', 'rejected'] as const).map((to) => store.swap('pending', move(anApproval(), to))),
      );
      expect(won.filter(Boolean)).toHaveLength(1);
    });

    it('writes nothing when the stored state is another', async () => {
      const store = await open();
      await store.open(anApproval({ state: 'rejected' }));
      expect(await store.swap('pending', move(anApproval(), 'approved'))).toBe(false);
      expect(await store.get(anApproval().id)).toMatchObject({ state: 'rejected' });
    });

    it('writes nothing for an id that it does not have', async () => {
      const store = await open();
      expect(await store.swap('pending', move(anApproval(), 'void'))).toBe(false);
      expect(await store.list()).toEqual([]);
    });

    it('lists the newest first, by state and up to a limit', async () => {
      const store = await open();
      for (const n of [1, 2, 3]) await store.open(anApproval({ id: `ap-${n}`, key: `k${n}`, createdAt: n }));
      await store.swap('pending', move(anApproval({ id: 'ap-3', key: 'k3', createdAt: 3 }), 'rejected'));
      expect((await store.list()).map(({ id }) => id)).toEqual(['ap-3', 'ap-2', 'ap-1']);
      expect((await store.list({ states: ['pending'], limit: 1 })).map(({ id }) => id)).toEqual(['ap-2']);
    });
  });
}
