import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { AgentOutcome } from '../../daemon/agent/agents.ts';
import type { Leases } from '../../daemon/lease/lease.ts';
import type { Spending } from '../../daemon/spending/spending.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { answered, type CrewRig, crewRig } from './crew-rig.ts';

const ONE = `
name: test
steps:
  - { name: look, agent: k8s-diagnostician, task: Look., timeout: 10m, retry: { attempts: 2, backoff: 1s } }
`;

async function over(rig: CrewRig) {
  await vi.waitFor(() => expect(rig.ended).not.toEqual([]), { timeout: 10_000 });
  return rig.runs.get('run-test');
}

/** As an agent that is stopped: what it took until then is known. */
async function stopped(signal: AbortSignal): Promise<AgentOutcome> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  const { usage } = answered({ summary: '' }, 0.4);
  return {
    kind: 'failed',
    reason: 'The step was stopped from outside.',
    transcript: '/a.jsonl',
    ...(usage && { usage }),
  };
}

/** Notes what it is asked for, and what it is told in the end. */
function purse() {
  const told: string[] = [];
  const reserve: Spending['reserve'] = async ({ spentByRun }) => {
    told.push(`reserve after ${spentByRun}`);
    return {
      ...{ kind: 'reserved', budgetUsd: 1 },
      settle: async (usd) => void told.push(`settle ${usd}`),
      leave: async (usd) => void told.push(`leave ${usd}`),
    };
  };
  return { told, reserve };
}

describe('what an agent took that was stopped', () => {
  it('is the run’s: a step that runs out of time does not begin anew for nothing', async () => {
    const { told, reserve } = purse();
    const rig = await crewRig({
      workflow: ONE,
      agent: async ({ request }, signal) =>
        request.attempt === 1 ? stopped(signal) : answered({ summary: 'Fine.' }, 0.1),
    });
    await rig.crewOf('a', { spending: { reserve } }).take(await rig.start());
    await vi.waitFor(() => expect(rig.asked).toHaveLength(1));
    await rig.pass(600_000);
    await rig.pass(30_000);
    expect(await over(rig)).toMatchObject({ status: 'succeeded', costUsd: 0.5 });
    expect(told).toEqual(['reserve after 0', 'settle 0.4', 'reserve after 0.4', 'settle 0.1']);
    expect(await rig.eventsOf('step-failed')).toMatchObject([
      { reason: 'the step took longer than its timeout', transcript: '/a.jsonl', usage: { costUsd: 0.4 } },
    ]);
  });

  it('is in the log of a run that is cancelled, with what was said', async () => {
    const rig = await crewRig({ workflow: ONE, agent: (_, signal) => stopped(signal) });
    await rig.crewOf('a').take(await rig.start());
    await vi.waitFor(() => expect(rig.asked).toHaveLength(1));
    await rig.runs.record('run-test', (_, at) => ({ type: 'cancel-requested', at, by: 'anna', reason: 'enough' }));
    expect(await over(rig)).toMatchObject({ status: 'cancelled', costUsd: 0.4 });
    const [event, ...more] = await rig.eventsOf('step-failed');
    expect([event, more]).toMatchObject([{ reason: 'cancelled by anna: enough', transcript: '/a.jsonl' }, []]);
    expect(event).not.toHaveProperty('retryAt');
  });

  it('counts for the run although a daemon that is stopped says nothing of it there', async () => {
    const { told, reserve } = purse();
    const rig = await crewRig({ workflow: ONE, agent: (_, signal) => stopped(signal) });
    const crew = rig.crewOf('a', { spending: { reserve } });
    await crew.take(await rig.start());
    await vi.waitFor(() => expect(rig.asked).toHaveLength(1));
    await crew.drain(0);
    expect(await rig.types()).toEqual(['created', 'admitted', 'step-started']);
    expect(told).toEqual(['reserve after 0', 'leave 0.4']);
  });
});

describe('an answer', () => {
  it('of a daemon that has been taken over, and has yet to notice, is not that of the other one', async () => {
    const late = Promise.withResolvers<AgentOutcome>();
    const second = Promise.withResolvers<AgentOutcome>();
    const { told, reserve } = purse();
    const rig = await crewRig({
      workflow: ONE,
      agent: ({ request }) => (request.attempt === 1 ? late.promise : second.promise),
    });
    // As where the clock of the other one is ahead.
    const leases: Leases = {
      ...{ claim: (...of) => rig.leases.claim(...of), holds: (...of) => rig.leases.holds(...of) },
      ...{ release: (...of) => rig.leases.release(...of), abandoned: (...of) => rig.leases.abandoned(...of) },
      renew: async (lease, now, life) => ({ ...lease, expiresAt: now + life }),
    };
    await rig.crewOf('a', { leases, spending: { reserve } }).take(await rig.start());
    await vi.waitFor(() => expect(rig.asked).toHaveLength(1));
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    rig.clock.advance(60_000);
    void rig.crewOf('b').adopt(stop.signal);
    await vi.waitFor(() => expect(rig.asked).toHaveLength(2));
    late.resolve(answered({ summary: 'Late.' }, 0.3));
    await vi.waitFor(() => expect(told).toContain('leave 0.3'));
    second.resolve(answered({ summary: 'Fine.' }));
    expect(await over(rig)).toMatchObject({ status: 'succeeded', steps: { look: { answer: { summary: 'Fine.' } } } });
    expect(await rig.eventsOf('step-finished')).toHaveLength(1);
  });

  it.each(['unreachable', 'timeout', 'store_unavailable', 'rejected_by_backend', 'internal', 'unauthorized'] as const)(
    'is kept until it can be stored, where the store says %s',
    async (code) => {
      const rig = await crewRig({ workflow: ONE });
      let tries = 0;
      const settle = async () => {
        tries += 1;
        if (tries < 3) throw new OpsError(code, 'The dashboard has a problem.', 'Wait.');
      };
      const reserve = async () => ({ kind: 'reserved', budgetUsd: 1, settle, leave: settle }) as const;
      await rig.crewOf('a', { spending: { reserve } }).take(await rig.start());
      expect(await over(rig)).toMatchObject({ status: 'succeeded' });
      expect(rig.asked).toHaveLength(1);
      expect(rig.gate.logged.filter((line) => line.includes('cannot be stored yet'))).toHaveLength(1);
    },
  );
});

describe('a run that its daemon has left', () => {
  /** A machine with other workflows: how often it has looked, too. */
  async function elsewhere(rig: CrewRig) {
    let looks = 0;
    const leases: Leases = {
      ...{ claim: (...of) => rig.leases.claim(...of), holds: (...of) => rig.leases.holds(...of) },
      ...{ release: (...of) => rig.leases.release(...of), renew: (...of) => rig.leases.renew(...of) },
      abandoned: (now) => {
        looks += 1;
        return rig.leases.abandoned(now);
      },
    };
    const drive = { ...rig.drive, catalog: async () => ({ ...(await rig.drive.catalog()), workflows: new Map() }) };
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    void rig.crewOf('b', { drive, leases }).adopt(stop.signal);
    const before = looks;
    await vi.waitFor(() => expect(looks).toBeGreaterThan(before + 6));
  }

  async function left() {
    const rig = await crewRig({
      workflow: ONE,
      agent: ({ request }, signal) =>
        request.attempt === 1 ? stopped(signal) : Promise.resolve(answered({ summary: 'Fine.' })),
    });
    const first = rig.crewOf('a');
    await first.take(await rig.start());
    await vi.waitFor(() => expect(rig.asked).toHaveLength(1));
    await first.drain(0);
    await elsewhere(rig);
    expect(await rig.types()).toEqual(['created', 'admitted', 'step-started']);
    return rig;
  }

  it('is taken over where its workflow is, and not failed where that is another one', async () => {
    const rig = await left();
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    void rig.crewOf('c').adopt(stop.signal);
    expect(await over(rig)).toMatchObject({ status: 'succeeded' });
    expect((await rig.eventsOf('step-started')).map(({ by }) => by)).toEqual(['a', 'c']);
  });

  it('fails when nobody has its workflow any more', async () => {
    const rig = await left();
    rig.clock.advance(600_000);
    expect(await over(rig)).toMatchObject({ status: 'failed', reason: 'There is no workflow "test".' });
  });
});
