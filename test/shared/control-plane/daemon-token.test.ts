import { describe, expect, it } from 'vitest';
import { type Approval, move } from '../../../shared/approvals/approval.ts';
import { Approvals } from '../../../shared/approvals/approvals.ts';
import { aChain } from '../../contracts/action-log.ts';
import { anAlert } from '../../contracts/inbox.ts';
import { aCreated, aRow } from '../../contracts/run-store.ts';
import { anApproval } from '../../support/builders.ts';
import { type DashboardRig, FORM, form, startDashboard } from '../../support/dashboard.ts';

const PART = { at: 1, items: [] };
const STATUS = { at: 1, by: 'daemon', nodes: PART, pods: PART, alerts: PART, apps: PART, trends: [] };
const DOCUMENT = { part: 'leases', key: 'run-1', version: 0, next: { value: { owner: 'a' } } };

function fresh({ clock }: DashboardRig, change: Partial<Approval> = {}): Approval {
  return anApproval({ createdAt: clock.now(), expiresAt: clock.now() + 900_000, ...change });
}

describe('a daemon’s token', () => {
  it('is enough for all that a daemon does', async () => {
    const rig = await startDashboard();
    const daemon = await rig.program('daemon');
    const [alert] = await rig.controlPlane.inbox.receive('group', [anAlert()], 1);
    const approval = fresh(rig);
    const post = (body: object) => ({ method: 'POST', body });
    const put = (body: object) => ({ method: 'PUT', body });
    const asked: readonly (readonly [path: string, request?: Parameters<typeof daemon>[1]])[] = [
      ['/api/approvals', post(approval)],
      ['/api/approvals?states=pending'],
      [`/api/approvals/${approval.id}?state=pending&wait=0.01`],
      [
        `/api/approvals/${approval.id}/swap`,
        post({ from: 'pending', next: move(approval, 'void', { result: 'stale' }) }),
      ],
      ['/api/runs/run-1/events', post({ seq: 0, event: aCreated(), row: aRow() })],
      ['/api/runs/run-1/events'],
      ['/api/runs?workflow=check'],
      ['/api/actions', post({ records: aChain('w', [{}]) })],
      ['/api/actions?workflow=check'],
      ['/api/chains'],
      ['/api/inbox?wait=0.01'],
      [`/api/inbox/${alert?.id}/acknowledge`, post({ version: 1, run: 'run-1' })],
      ['/api/inbox/manual', post({ workflow: 'check', inputs: {} })],
      ['/api/status', put(STATUS)],
      ['/api/status'],
      ['/api/workflows', put({ at: 1, by: 'daemon', workflows: [] })],
      ['/api/workflows'],
      ['/api/daemon-state', post(DOCUMENT)],
      ['/api/daemon-state?part=leases&due=5'],
      ['/api/daemon-state?part=leases&key=run-1'],
    ];
    for (const [path, request] of asked) expect([path, (await daemon(path, request)).status]).toEqual([path, 200]);
    expect((await daemon('/api/daemon-state?part=leases')).json).toMatchObject([
      { key: 'run-1', value: { owner: 'a' } },
    ]);
    expect(await rig.controlPlane.approvals.get(approval.id)).toMatchObject({ state: 'void', result: 'stale' });
  });

  it('settles nothing, in whatever way it is tried, and puts no words into a person’s mouth', async () => {
    const rig = await startDashboard();
    const daemon = await rig.program('daemon');
    const pending = fresh(rig);
    await rig.controlPlane.approvals.open(pending);
    const settled = { at: rig.clock.now(), by: 'ada', via: 'dashboard' } as const;
    const claim = { at: rig.clock.now(), writer: 'w', call: 'c', deadline: rig.clock.now() + 1 };
    const swap = (from: string, next: Approval) =>
      daemon(`/api/approvals/${next.id}/swap`, { method: 'POST', body: { from, next } });
    const tries = [
      swap('pending', move(pending, 'approved', { settled })),
      swap('pending', move(pending, 'rejected', { settled })),
      swap('pending', { ...pending, state: 'executing', claim }),
      swap('pending', { ...pending, state: 'void', settled }),
      swap('approved', { ...pending, state: 'approved', settled }),
      daemon(`/api/approvals/${pending.id}/settle`, { method: 'POST', body: { decision: 'approve' } }),
      daemon(`/api/approvals/${pending.id}/settle`, {
        method: 'POST',
        headers: FORM,
        body: form({ decision: 'approve', by: 'ada' }),
      }),
      ...(['approved', 'executing', 'rejected'] as const).map((state) =>
        daemon('/api/approvals', {
          method: 'POST',
          body: fresh(rig, { id: `ap-${state}`, key: state, state, settled }),
        }),
      ),
      daemon('/api/approvals', { method: 'POST', body: fresh(rig, { id: 'ap-2', key: 'k2', settled }) }),
    ];
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    expect(statuses.every((status) => status === 403 || status === 400)).toBe(true);
    expect(await rig.controlPlane.approvals.list()).toEqual([pending]);
  });

  it('does not claim a yes that has expired, and changes nothing of what a person has read', async () => {
    const rig = await startDashboard();
    const daemon = await rig.program('daemon');
    const pending = fresh(rig);
    await rig.controlPlane.approvals.open(pending);
    const yes = { decision: 'approve', by: 'ada', via: 'dashboard' } as const;
    const approved = await new Approvals(rig.controlPlane.approvals, rig.clock).settle(pending.id, yes);
    const claim = { at: rig.clock.now(), writer: 'w', call: 'c', deadline: rig.clock.now() + 1 };
    const take = (next: Approval) =>
      daemon(`/api/approvals/${next.id}/swap`, { method: 'POST', body: { from: 'approved', next } });
    expect((await take({ ...approved, state: 'executing', claim, what: 'delete it all' })).status).toBe(403);
    expect((await take({ ...approved, state: 'executing', claim, settled: { ...yes, at: 1, by: 'bob' } })).status).toBe(
      403,
    );
    rig.clock.advance(900_000);
    expect((await take({ ...approved, state: 'executing', claim })).status).toBe(409);
    expect(await rig.controlPlane.approvals.get(pending.id)).toEqual(approved);
  });
});

describe('a run', () => {
  const ADMITTED = { type: 'admitted', at: 1_001 };
  const append = (run: string, seq: number, event: object = ADMITTED) =>
    [`/api/runs/${run}/events`, { method: 'POST', body: { seq, event, row: aRow({ run }) } }] as const;

  it('that a daemon has begun is written by daemons alone, whichever it is', async () => {
    const rig = await startDashboard();
    const [one, other, agent] = [await rig.program('daemon'), await rig.program('daemon'), await rig.program('agent')];
    expect((await one(...append('run-1', 0, aCreated()))).status).toBe(200);
    expect(await agent(...append('run-1', 1))).toMatchObject({ status: 403, json: { error: { code: 'forbidden' } } });
    expect((await other(...append('run-1', 1))).json).toEqual({ appended: 'ok' });
    expect(await rig.controlPlane.runs.read('run-1')).toHaveLength(2);
    expect((await agent('/api/runs/run-1/events')).status).toBe(200);
  });

  it('of an agent holds no lock that a daemon’s run waits for', async () => {
    const rig = await startDashboard();
    const [daemon, agent] = [await rig.program('daemon'), await rig.program('agent')];
    const begin = (run: string) => {
      const row = aRow({ run, status: 'running', lock: 'shop/web' });
      return [`/api/runs/${run}/events`, { method: 'POST', body: { seq: 0, event: aCreated(), row } }] as const;
    };
    expect((await agent(...begin('run-1'))).json).toEqual({ appended: 'ok' });
    expect((await daemon(...begin('run-2'))).json).toEqual({ appended: 'ok' });
    expect((await daemon(...begin('run-3'))).json).toEqual({ appended: 'locked' });
  });

  it('that was put in a daemon’s way by an agent is none that a daemon goes on with', async () => {
    const rig = await startDashboard();
    const [daemon, agent] = [await rig.program('daemon'), await rig.program('agent')];
    expect((await agent(...append('run-1', 0, aCreated()))).status).toBe(200);
    expect((await agent(...append('run-1', 1))).status).toBe(200);
    expect((await daemon(...append('run-1', 2))).status).toBe(403);
  });
});

describe('what daemons share', () => {
  it('is none of an agent’s, nor of a person’s, nor of Alertmanager’s', async () => {
    const rig = await startDashboard({ alertmanagerToken: async () => 'alertmanagers-own' });
    const ada = await rig.person();
    const headers = { cookie: ada.cookie, origin: ada.url, 'x-csrf-token': await ada.csrf() };
    const callers: readonly (readonly [who: string, status: number, headers: Readonly<Record<string, string>>])[] = [
      ['an agent', 403, { authorization: `Bearer ${await rig.token('agent')}` }],
      ['a person', 403, headers],
      ['Alertmanager', 403, { authorization: 'Bearer alertmanagers-own' }],
      ['nobody', 401, {}],
    ];
    for (const [who, status, sent] of callers) {
      const read = await rig.ask('/api/daemon-state?part=leases', { headers: sent });
      const write = await rig.ask('/api/daemon-state', { method: 'POST', headers: sent, body: DOCUMENT });
      expect([who, read.status, write.status]).toEqual([who, status, status]);
    }
    expect(await rig.controlPlane.daemonState.list('leases')).toEqual([]);
  });

  it('is refused in words where it is no document', async () => {
    const rig = await startDashboard();
    const daemon = await rig.program('daemon');
    const post = async (change: object) =>
      (await daemon('/api/daemon-state', { method: 'POST', body: { ...DOCUMENT, ...change } })).json;
    expect(await post({ part: 'No Part' })).toMatchObject({ error: { code: 'invalid_input' } });
    expect(await post({ version: -1 })).toMatchObject({ error: { code: 'invalid_input' } });
    expect(await post({ surprise: 1 })).toMatchObject({ error: { code: 'invalid_input' } });
    expect(await post({ next: { value: 'x'.repeat(300_000) } })).toMatchObject({ error: { code: 'too_large' } });
    expect(await rig.controlPlane.daemonState.list('leases')).toEqual([]);
  });
});
