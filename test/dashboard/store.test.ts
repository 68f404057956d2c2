import { expect, it } from 'vitest';
import type { AuditRecord } from '../../shared/audit/record.ts';
import { ROUTES } from '../../shared/control-plane/api.ts';
import type { Status } from '../../shared/control-plane/status.ts';
import { iso } from '../../shared/kernel/clock.ts';
import { aCreated, aRow } from '../contracts/run-store.ts';
import { startDashboard } from '../support/dashboard.ts';

function aRecord(seq: number, change: Partial<AuditRecord> = {}): AuditRecord {
  return {
    ...{ id: `id-${seq}`, at: iso(Date.UTC(2026, 10, 24, 6, 0, seq)), writer: 'w', seq },
    ...{ prev: 'p', hash: 'h', phase: 'outcome', call: `call-${seq}`, server: 'kubectl', tool: 'scale' },
    ...{ action: [{ verb: 'scale', kind: 'Deployment', namespace: 'shop', name: 'web' }], inputs: { seq }, masked: [] },
    ...{ tier: 'confirm', approval: { type: 'user-confirmed', by: 'ada' } },
    outcome: { status: 'ok', message: 'scaled', durationMs: 3 },
    ...change,
  };
}

const part = { at: 1, items: [] };
const STATUS: Status = { at: 1, by: 'daemon', nodes: part, pods: part, alerts: part, apps: part, trends: [] };

const LEADS = {
  ...{ owner: 'pi:1', startedAt: 1, runs: [], spentTodayUsd: 0, budgetTodayUsd: 1 },
  ...{ problems: [], breakers: [], outboxWaiting: 0 },
};

it('keeps each record once, counts it once, and finds it by what is asked', async () => {
  const rig = await startDashboard();
  const agent = await rig.program();
  const ship = (...records: AuditRecord[]) => agent('/api/actions', { method: 'POST', body: { records } });
  expect((await ship(aRecord(1), aRecord(2))).json).toEqual({ added: 2 });
  expect((await ship(aRecord(1), aRecord(2), aRecord(3, { tool: 'apply' }))).json).toEqual({ added: 1 });
  const ids = async (query: string) =>
    ROUTES.listActions.answer.parse((await agent(`/api/actions?${query}`)).json).records.map(({ id }) => id);
  expect(await ids('')).toEqual(['id-3', 'id-2', 'id-1']);
  expect(await ids('tool=apply')).toEqual(['id-3']);
  expect(await ids('limit=2')).toEqual(['id-3', 'id-2']);
  expect((await agent('/api/actions?tol=apply')).status).toBe(400);
  expect((await agent('/api/chains')).json).toMatchObject([{ writer: 'w', records: 3 }]);
  const metrics = (await rig.ask('/metrics')).text;
  expect(metrics).toContain('k8s_agent_actions_total{tier="confirm",outcome="ok"} 3');
});

it('exports every record that fits as JSON lines, however many pages that are', async () => {
  const rig = await startDashboard();
  const agent = await rig.program();
  await rig.controlPlane.actions.ship(Array.from({ length: 1_203 }, (_, i) => aRecord(i + 1)));
  for (const [path, headers] of [
    ['/api/actions?format=jsonl&tool=scale', {}],
    ['/api/actions?tool=scale', { accept: 'application/x-ndjson' }],
  ] as const) {
    const { headers: got, text } = await agent(path, { headers });
    expect(got['content-type']).toContain('application/x-ndjson');
    const lines = text.trimEnd().split('\n');
    expect(new Set(lines.map((line) => JSON.parse(line).id)).size).toBe(1_203);
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual(aRecord(1));
  }
  expect((await agent('/api/actions?format=jsonl&tool=apply')).text).toBe('');
});

it('keeps the events of a run in their order, and its row', async () => {
  const rig = await startDashboard();
  const agent = await rig.program();
  const append = (seq: number, run = 'run-1') =>
    agent(`/api/runs/${run}/events`, { method: 'POST', body: { seq, event: aCreated(), row: aRow() } });
  expect((await append(0)).json).toEqual({ appended: 'ok' });
  expect((await append(0)).json).toEqual({ appended: 'taken' });
  expect((await append(1, 'run-2')).status).toBe(400);
  expect((await agent('/api/runs/run-1/events')).json).toEqual([aCreated()]);
  expect((await agent('/api/runs?statuses=waiting,running')).json).toEqual([aRow()]);
  expect((await agent('/api/runs?workflow=other')).json).toEqual([]);
});

it('shows the newest status and list of workflows, and says where there is none yet', async () => {
  const rig = await startDashboard();
  const daemon = await rig.program('daemon');
  expect((await daemon('/api/status')).json).toBeNull();
  expect((await daemon('/api/workflows')).json).toBeNull();
  await daemon('/api/status', { method: 'PUT', body: STATUS });
  await daemon('/api/workflows', { method: 'PUT', body: { at: 2, by: 'daemon', workflows: [] } });
  expect((await daemon('/api/status')).json).toEqual(STATUS);
  expect((await daemon('/api/workflows')).json).toEqual({ at: 2, by: 'daemon', workflows: [] });
});

it('shows the workflows of the daemon that leads, whatever an agent’s token says of them', async () => {
  const rig = await startDashboard();
  const [agent, daemon] = [await rig.program('agent'), await rig.program('daemon')];
  const publish = (ask: typeof agent, at: number, by: string) =>
    ask('/api/workflows', { method: 'PUT', body: { at, by, workflows: [] } });
  const now = rig.clock.now();
  expect((await publish(agent, now, 'laptop')).status).toBe(200);
  await daemon('/api/status', { method: 'PUT', body: { ...STATUS, at: now, daemon: LEADS } });
  expect((await publish(agent, now + 1, 'laptop')).status).toBe(409);
  expect((await publish(daemon, now + 1, 'daemon')).status).toBe(200);
  expect((await agent('/api/workflows')).json).toMatchObject({ by: 'daemon' });
});

it('is not blocked by what claims to be from the future', async () => {
  const rig = await startDashboard();
  const [agent, daemon] = [await rig.program('agent'), await rig.program('daemon')];
  const publish = (ask: typeof agent, at: number, by: string) =>
    ask('/api/workflows', { method: 'PUT', body: { at, by, workflows: [] } });
  await publish(agent, rig.clock.now() + 365 * 86_400_000, 'laptop');
  rig.clock.advance(600_000);
  await publish(daemon, rig.clock.now(), 'daemon');
  expect((await agent('/api/workflows')).json).toMatchObject({ by: 'daemon' });
});

it('is ready while its store answers, and alive without it', async () => {
  const rig = await startDashboard();
  expect((await rig.ask('/readyz')).status).toBe(200);
  await rig.controlPlane.close();
  expect((await rig.ask('/readyz')).status).toBe(503);
  expect((await rig.ask('/healthz')).status).toBe(200);
});

it('hides its metrics from who comes by the public name', async () => {
  const rig = await startDashboard();
  expect((await rig.ask('/metrics', { headers: { host: '10.0.0.7:8080' } })).status).toBe(200);
  // A proxy passes on the name as the client wrote it.
  for (const host of [
    'dashboard.example',
    'Dashboard.Example',
    'dashboard.example:80',
    'dashboard.example.',
    'dashboard.example.:443',
  ])
    expect([host, (await rig.ask('/metrics', { headers: { host } })).status]).toEqual([host, 404]);
});
