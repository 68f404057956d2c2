import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Approvals } from '../shared/approvals/approvals.ts';
import { AuditLog } from '../shared/audit/log.ts';
import { systemClock } from '../shared/kernel/clock.ts';
import { parsePolicy } from '../shared/policy/policy.ts';
import { SqliteApprovalStore } from '../shared/store/sqlite.ts';
import { defineTool } from '../shared/tool/define.ts';
import { createToolset, type Toolset } from '../shared/tool/toolset.ts';
import { timed } from './statistics.ts';

/** What the gate itself costs: tools that do nothing, on a real log and a real store in `folder`'s file system. */
export async function measureGate(parent: string, runs: number): Promise<Record<string, readonly number[]>> {
  const folder = mkdtempSync(join(parent, 'gate-bench-'));
  const caller = { signal: new AbortController().signal, canAsk: false };
  try {
    const withSync = toolset(folder, true);
    const without = toolset(folder, false);
    return {
      'read, log synced': await timed(runs, () => withSync.call('look', { name: 'web' }, caller)),
      'read, log not synced': await timed(runs, () => without.call('look', { name: 'web' }, caller)),
      'change, log synced': await timed(runs, () => withSync.call('touch', { name: 'web' }, caller)),
      'change, log not synced': await timed(runs, () => without.call('touch', { name: 'web' }, caller)),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const input = z.strictObject({ name: z.string() });
const target = () => [{ namespace: 'shop', name: 'web' }];
const tool = defineTool<null>();

const look = tool({
  name: 'look',
  summary: '',
  verb: 'get',
  effect: 'read',
  input,
  target,
  run: async () => ({ text: 'ok' }),
});
const touch = tool({
  name: 'touch',
  summary: '',
  verb: 'scale',
  effect: 'write',
  destructive: false,
  input,
  target,
  plan: async () => ({ preview: { change: '', risk: '', details: '', seen: null }, run: async () => ({ text: 'ok' }) }),
});

function toolset(folder: string, sync: boolean): Toolset {
  const policy = parsePolicy({ safe_actions: ['scale'] });
  const approvals = new Approvals(new SqliteApprovalStore(join(folder, `${sync}.db`)), systemClock);
  return createToolset({
    server: 'bench',
    instructions: '',
    tools: [look, touch],
    deps: null,
    ports: {
      policy: () => policy,
      approvals: () => approvals,
      audit: new AuditLog({ folder: join(folder, String(sync)), writer: 'bench', clock: systemClock, sync }),
      clock: systemClock,
      limits: () => ({ approvalLife: 900_000, clientPatience: 3_600_000, deadline: 60_000, person: 'bench' }),
      log: () => undefined,
    },
  });
}
