import { describe, expect, it, vi } from 'vitest';
import { move } from '../../shared/approvals/approval.ts';
import type { ControlPlane, Topic } from '../../shared/control-plane/ports.ts';
import { anApproval } from '../support/builders.ts';
import { aChain } from './action-log.ts';
import { anAlert } from './inbox.ts';
import { aCreated, aRow } from './run-store.ts';

const part = { at: 1, items: [] };
const STATUS = { at: 1, by: 'daemon', nodes: part, pods: part, alerts: part, apps: part, trends: [] };

const WRITES: Readonly<Record<Topic, (plane: ControlPlane) => Promise<unknown>>> = {
  approvals: ({ approvals }) => approvals.open(anApproval()),
  actions: ({ actions }) => actions.ship(aChain('w', [{}])),
  runs: ({ runs }) => runs.append(0, aCreated(), aRow()),
  inbox: ({ inbox }) => inbox.receive('g', [anAlert()], 1),
  status: ({ board }) => board.publishStatus(STATUS),
  workflows: ({ board }) => board.publishWorkflows({ at: 1, by: 'daemon', workflows: [] }),
};

/** Both planes are replicas: they keep the same. */
export function changesContract(name: string, open: () => Promise<readonly [ControlPlane, ControlPlane]>): void {
  describe(`${name} keeps the Changes contract`, () => {
    const heard = (plane: ControlPlane) => {
      const topics: Topic[] = [];
      return { topics, stop: plane.changes.subscribe((topic) => topics.push(topic)) };
    };

    it.each(Object.entries(WRITES))('tells of %s, wherever they were written', async (topic, write) => {
      const [here, there] = await open();
      const ears = [heard(here), heard(there)];
      await write(here);
      await vi.waitFor(() => expect(ears.map(({ topics }) => topics)).toEqual([[topic], [topic]]), { timeout: 5_000 });
      for (const { stop } of ears) stop();
    });

    it('tells of an approval that was settled', async () => {
      const [here, there] = await open();
      await here.approvals.open(anApproval());
      const { topics } = heard(there);
      await here.approvals.swap('pending', move(anApproval(), 'rejected'));
      await vi.waitFor(() => expect(topics).toContain('approvals'), { timeout: 5_000 });
    });

    it('tells nothing to whom has gone', async () => {
      const [here] = await open();
      const gone = heard(here);
      gone.stop();
      const present = heard(here);
      await here.board.publishStatus(STATUS);
      await vi.waitFor(() => expect(present.topics).toEqual(['status']), { timeout: 5_000 });
      expect(gone.topics).toEqual([]);
    });
  });
}
