import { describe, expect, it } from 'vitest';
import type { ControlPlane } from '../../shared/control-plane/ports.ts';
import { rowOf } from '../../shared/workflow/runs.ts';
import { reduce } from '../../shared/workflow/state.ts';
import { anApproval } from '../support/builders.ts';

const created = { type: 'created' as const, workflow: 'check', hash: 'h', inputs: {}, deadline: 9e12, steps: [] };

async function run(plane: ControlPlane, id: string, at: number, ends: boolean): Promise<void> {
  const first = { ...created, at, run: id, cause: { kind: 'manual' as const, by: 'anna' } };
  const waiting = reduce(undefined, first);
  await plane.runs.append(0, first, rowOf(waiting));
  if (!ends) return;
  const last = { type: 'ended' as const, at, status: 'succeeded' as const, reason: '', outputs: {} };
  await plane.runs.append(1, last, rowOf(reduce(waiting, last)));
}

/** What `prune` of approvals and runs keeps, in every adapter. */
export function pastContract(name: string, open: () => Promise<ControlPlane>): void {
  describe(`${name} forgets approvals and runs`, () => {
    it('that are over and older than they have to be kept, with their events, and says how many', async () => {
      const plane = await open();
      const states = ['executed', 'rejected', 'pending', 'executing'] as const;
      for (const state of states)
        await plane.approvals.open(anApproval({ id: state, key: state, state, createdAt: 1_000 }));
      await plane.approvals.open(anApproval({ id: 'young', key: 'young', state: 'executed', createdAt: 2_000 }));
      await run(plane, 'run-old', 1_000, true);
      await run(plane, 'run-going', 1_000, false);
      await run(plane, 'run-young', 2_000, true);

      expect(await plane.past.prune(2_000)).toBe(3);
      expect((await plane.approvals.list()).map(({ id }) => id).sort()).toEqual(['executing', 'pending', 'young']);
      expect((await plane.runs.list()).map((row) => row.run).sort()).toEqual(['run-going', 'run-young']);
      expect(await plane.runs.read('run-old')).toEqual([]);
      expect(await plane.runs.read('run-going')).toHaveLength(1);
      expect(await plane.past.prune(2_000)).toBe(0);
    });
  });
}
