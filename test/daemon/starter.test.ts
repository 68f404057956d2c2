import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { incidentPorts } from '../../daemon/alerts.ts';
import { lead } from '../../daemon/lead.ts';
import type { Leases } from '../../daemon/lease/lease.ts';
import { Starter } from '../../daemon/starter.ts';
import { installedWorkflows } from '../../shared/config/workflows.ts';
import type { InboxEntry } from '../../shared/control-plane/ports.ts';
import { anApproval } from '../support/builders.ts';
import { anAlert } from '../support/run-rig.ts';
import { brief, type CrewRig, crewRig } from './crew-rig.ts';

const WORKFLOW = `
name: test
trigger: [{ type: manual }, { type: alert, match: { alertname: KubePodCrashLooping } }]
inputs: { app: { default: web } }
steps:
  - { name: look, agent: k8s-diagnostician, task: Look. }
`;
const CAUSE = anAlert({ alertname: 'KubePodCrashLooping' });
const alert = CAUSE.alert ?? expect.fail('an alert');
const CLOSED = { kind: 'closed', at: 0, probation: false, untold: false } as const;

async function starting({ breaker = CLOSED }: { breaker?: Awaited<ReturnType<StarterBreaker>> } = {}) {
  const rig = await crewRig({ workflow: WORKFLOW });
  const leading = { now: true };
  const taken: string[] = [];
  const starter = new Starter({
    runs: rig.runs,
    catalog: () => installedWorkflows(rig.paths),
    breakers: { check: async () => breaker },
    crew: { take: async (run) => taken.push(run) > 0 },
    leading,
    tell: ({ text }) => void rig.told.push(text),
  });
  return { rig, taken, starter, leading };
}
type StarterBreaker = ConstructorParameters<typeof Starter>[0]['breakers']['check'];

const wanted = { run: 'run-1', workflow: 'test', cause: CAUSE };

function entry(body: InboxEntry['body']): InboxEntry {
  return { id: 'in-1', version: 1, receivedAt: 0, updatedAt: 0, seen: 1, body };
}

describe('starting a run', () => {
  it('makes it once by its id, says so, and hands it to the crew each time', async () => {
    const { rig, taken, starter } = await starting();
    await starter.start(wanted);
    await starter.start(wanted);
    expect(await rig.runs.list()).toHaveLength(1);
    expect(rig.told.filter((text) => text.includes('is started'))).not.toEqual([]);
    expect(taken).toEqual(['run-1', 'run-1']);
  });

  it('cancels it at once where the workflow’s breaker is open, and says until when', async () => {
    const until = Date.UTC(2026, 10, 24, 7);
    const breaker = { kind: 'open', at: 0, until, reason: '3 runs in a row have failed', untold: true } as const;
    const { rig, starter } = await starting({ breaker });
    await starter.start(wanted);
    await rig.crewOf('a').take('run-1');
    await vi.waitFor(() => expect(rig.ended).toHaveLength(1));
    expect(rig.ended[0]).toMatchObject({
      status: 'cancelled',
      reason:
        'cancelled by the circuit breaker: 3 runs in a row have failed; it is stopped until 2026-11-24T07:00:00.000Z',
    });
    expect(rig.asked).toEqual([]);
  });

  it('lets a person start what the breaker has stopped, from the dashboard too', async () => {
    const breaker = { kind: 'open', at: 0, until: 9e15, reason: 'it fails', untold: true } as const;
    const { rig, starter } = await starting({ breaker });
    const run = await starter.startManual(
      entry({ kind: 'manual', workflow: 'test', inputs: { app: 'shop' }, by: 'ada' }),
    );
    expect(await rig.runs.get(run ?? '')).toMatchObject({
      cause: { kind: 'manual', by: 'ada' },
      inputs: { app: 'shop' },
    });
    expect(await rig.types(run)).toEqual(['created']);
  });

  it('gives up what time will not mend, and says why; anything else comes again', async () => {
    const { rig, taken, starter } = await starting();
    await starter.start({ ...wanted, workflow: 'tset' });
    await starter.start({ ...wanted, inputs: { ap: 'x' } });
    expect(rig.told).toEqual([
      expect.stringContaining('tset cannot be started: There is no workflow "tset"'),
      expect.stringContaining('test cannot be started'),
    ]);
    expect([await rig.runs.list(), taken]).toEqual([[], []]);
    await rig.stores.close();
    await expect(starter.start(wanted)).rejects.toThrow();
  });
});

it('starts nothing for a daemon that leads no longer', async () => {
  const { rig, taken, starter, leading } = await starting();
  leading.now = false;
  await expect(starter.start(wanted)).rejects.toThrow('This daemon leads no longer.');
  expect([await rig.runs.list(), taken, rig.told]).toEqual([[], [], []]);
});

describe('news of an incident', () => {
  const about = { run: 'run-1', key: 'shop/web', alert };

  async function withRun(): Promise<{ rig: CrewRig; ports: ReturnType<typeof incidentPorts> }> {
    const { rig, starter } = await starting();
    const ports = incidentPorts({ runs: rig.runs, approvals: rig.approvals, starter });
    await ports.start({ kind: 'start', ...about, workflow: 'test' });
    return { rig, ports };
  }

  it('is on its run; the last alert that resolves voids what the run asks people for', async () => {
    const { rig, ports } = await withRun();
    const now = rig.clock.now();
    const draft = { createdAt: now, expiresAt: now + 60_000 };
    const mine = await rig.approvals.request(anApproval({ ...draft, run: 'run-1' }));
    const other = await rig.approvals.request(anApproval({ ...draft, id: 'ap-2', key: 'key-2', run: 'run-2' }));
    const state = async () =>
      Promise.all([mine, other].map(async ({ approval }) => (await rig.approvals.get(approval.id))?.state));
    await ports.joined({ kind: 'joined', ...about });
    await ports.resolved({ kind: 'resolved', ...about, left: 1 });
    expect(await state()).toEqual(['pending', 'pending']);
    await ports.resolved({ kind: 'resolved', ...about, left: 0 });
    expect(await state()).toEqual(['void', 'pending']);
    expect(await rig.types('run-1')).toEqual(['created', 'alert-joined', 'alert-resolved', 'alert-resolved']);
    expect(await rig.runs.get('run-1')).toMatchObject({ resolved: true });
  });

  it('is on its run, too, when that has ended, and none for one that could never be started', async () => {
    const { rig, ports } = await withRun();
    await rig.crewOf('a').take('run-1');
    await vi.waitFor(() => expect(rig.ended).toHaveLength(1));
    const ended = await rig.runs.get('run-1');
    await ports.joined({ kind: 'joined', ...about });
    await ports.resolved({ kind: 'resolved', ...about, left: 0 });
    await ports.resolved({ kind: 'resolved', ...about, run: 'run-nowhere', left: 0 });
    const { status, updatedAt, length } = ended;
    expect(await rig.runs.get('run-1')).toMatchObject({
      ...{ status, updatedAt, length: length + 2, resolvedLate: rig.clock.now() },
    });
    expect(await rig.types('run-nowhere')).toEqual([]);
  });
});

it('a store that is away keeps a daemon from leading, and is one line of the log for each time that it is', async () => {
  const { leases, clock } = await crewRig({ workflow: WORKFLOW });
  const logged: string[] = [];
  let tries = 0;
  let away = true;
  const claim: typeof leases.claim = async (...of) => {
    tries += 1;
    if (away) throw new Error('away');
    return leases.claim(...of);
  };
  const stop = new AbortController();
  const began = Promise.withResolvers<void>();
  const of: Leases = {
    ...{ claim, renew: (...lease) => leases.renew(...lease), holds: (...lease) => leases.holds(...lease) },
    ...{ release: () => Promise.reject(new Error('away')), abandoned: (now) => leases.abandoned(now) },
  };
  const options = { leases: of, clock, sleep: brief, log: (message: string) => void logged.push(message) };
  const done = lead('a', options, stop.signal, async () => {
    began.resolve();
    away = true;
  });
  await vi.waitFor(() => expect(tries).toBeGreaterThan(3));
  expect(logged).toHaveLength(1);
  away = false;
  await began.promise;
  const before = tries;
  await vi.waitFor(() => expect(tries).toBeGreaterThan(before + 3));
  expect(logged).toHaveLength(2);
  stop.abort();
  await done;
});

it('one daemon leads at a time, and the next one does when it stops', async () => {
  const { leases, clock, gate } = await crewRig({ workflow: WORKFLOW });
  const leading: string[] = [];
  const begin = (owner: string) => {
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    const work = async (signal: AbortSignal) => {
      leading.push(owner);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      leading.splice(leading.indexOf(owner), 1);
    };
    const { log } = gate.ports;
    return { stop, done: lead(owner, { leases, clock, sleep: brief, log }, stop.signal, work) };
  };
  const first = begin('a');
  await vi.waitFor(() => expect(leading).toEqual(['a']));
  const second = begin('b');
  await new Promise((resolve) => setImmediate(resolve));
  expect(leading).toEqual(['a']);
  first.stop.abort();
  await first.done;
  await vi.waitFor(() => expect(leading).toEqual(['b']));
  second.stop.abort();
  await second.done;
  expect(leading).toEqual([]);
});
