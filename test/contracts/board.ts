import { describe, expect, it } from 'vitest';
import type { Board } from '../../shared/control-plane/ports.ts';
import type { Status, WorkflowList } from '../../shared/control-plane/status.ts';

function aStatus(at: number): Status {
  const empty = { at, items: [] };
  const pods = {
    at,
    error: 'no answer',
    items: [{ namespace: 'shop', name: 'web', reason: 'OOMKilled', restarts: 3 }],
  };
  const trends = [{ name: 'memory', unit: 'percent' as const, points: [1, 2.5] }];
  return { at, by: 'daemon', nodes: empty, pods, alerts: empty, apps: empty, trends };
}

const LIST: WorkflowList = {
  at: 1,
  by: 'daemon',
  workflows: [
    {
      name: 'check',
      description: 'Looks around.',
      file: 'check.yaml',
      triggers: ['every 6 hours'],
      inputs: [{ name: 'app', description: '', required: true }],
      steps: [{ name: 'look', agent: 'k8s-diagnostician', what: 'Look.' }],
      autoApprove: [],
      nextRunAt: 9,
    },
  ],
};

/** Every board keeps this. */
export function boardContract(name: string, open: () => Promise<Board>): void {
  describe(`${name} keeps the Board contract`, () => {
    it('has nothing before anything was published', async () => {
      const board = await open();
      expect(await board.status()).toBeUndefined();
      expect(await board.workflows()).toBeUndefined();
    });

    it('shows the newest status, whenever the others arrive', async () => {
      const board = await open();
      for (const at of [1_000, 3_000, 2_000]) await board.publishStatus(aStatus(at));
      expect(await board.status()).toEqual(aStatus(3_000));
    });

    it('shows the newest list of workflows', async () => {
      const board = await open();
      await board.publishWorkflows(LIST);
      await board.publishWorkflows({ ...LIST, at: 2 });
      expect(await board.workflows()).toEqual({ ...LIST, at: 2 });
    });
  });
}
