import { describe, expect, it } from 'vitest';
import type { Verdict as PersonsVerdict } from '../../../shared/approvals/approvals.ts';
import { pass } from '../../../shared/gate/gate.ts';
import type { Desk } from '../../../shared/gate/ports.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { aCall, aCaller, aPlan, aWrite } from '../../support/builders.ts';
import { type GateRig, gateRig } from '../../support/gate-rig.ts';

const YES: PersonsVerdict = { decision: 'approve', by: 'anna', via: 'dashboard' };
const NO: PersonsVerdict = { decision: 'reject', by: 'anna', via: 'dashboard', reason: 'not on a Friday' };

/** A gate with a desk at which time passes, and somebody may answer. */
function deskRig(during: (rig: GateRig, id: string, waited: number) => unknown = () => {}, wait = 120_000) {
  let waited = 0;
  const desk: Desk = {
    isRemote: true,
    wait,
    link: async (id) => `https://dash/pending/${id}`,
    changed: async (id, ms) => {
      rig.clock.advance(ms);
      waited += ms;
      await during(rig, id, waited);
      return rig.approvals.get(id);
    },
  };
  const rig: GateRig = gateRig({ ports: { desk: async () => desk } });
  let runs = 0;
  const run = async () => {
    runs += 1;
    return { text: 'scaled' };
  };
  const call = aCall({ effect: aWrite(aPlan({ run })) });
  return { rig, call, run, runs: () => runs, waited: () => waited };
}

const nobody = { canAsk: false };

describe('a call that waits at the desk', () => {
  it('runs when a person says yes there, and the record has who it was', async () => {
    const { rig, call, runs } = deskRig(({ approvals }, id, waited) => waited === 20_000 && approvals.settle(id, YES));
    expect(await rig.pass(call, nobody)).toMatchObject({ isError: false, text: 'scaled' });
    expect(runs()).toBe(1);
    const [outcome] = rig.records().filter(({ phase }) => phase === 'outcome');
    expect(outcome?.approval).toMatchObject({ type: 'user-confirmed', by: 'anna', via: 'dashboard' });
  });

  it('does not run what has moved while it waited, and asks for what is now', async () => {
    const { rig, run, runs } = deskRig(({ approvals }, id, waited) => waited === 5_000 && approvals.settle(id, YES));
    let seen = 0;
    const moving = aWrite(async () => {
      seen += 1;
      return aPlan({ run, seen });
    });
    expect(await rig.pass(aCall({ effect: moving }), nobody)).toMatchObject({ isError: true });
    expect(runs()).toBe(0);
    expect((await rig.approvals.list()).map(({ state }) => state).sort()).toEqual(['pending', 'void']);
  });

  it('says that a person said no, and why', async () => {
    const { rig, call, runs } = deskRig(({ approvals }, id) => approvals.settle(id, NO));
    const verdict = await rig.pass(call, nobody);
    expect(verdict).toMatchObject({ isError: true, text: expect.stringContaining('not on a Friday') });
    expect(runs()).toBe(0);
    expect(rig.records().at(-1)?.outcome?.status).toBe('rejected');
  });

  it('says where it waits when nobody has answered, with a word every five seconds', async () => {
    const { rig, call, waited } = deskRig();
    const said: string[] = [];
    const verdict = await rig.pass(call, { ...nobody, report: (text) => said.push(text) });
    expect(verdict).toMatchObject({ text: expect.stringMatching(/answer at https:\/\/dash\/pending\/ap-/) });
    expect(waited()).toBe(120_000);
    expect(said).toHaveLength(24);
    expect((await rig.approvals.list()).map(({ state }) => state)).toEqual(['pending']);
  });

  it('waits no longer than the client does', async () => {
    const { rig, call, waited } = deskRig(undefined, 7_200_000);
    const short = { approvalLife: 7_200_000, clientPatience: 12_000, deadline: 1, person: 'anna' };
    const ports = { ...rig.ports, limits: () => short };
    await pass(ports, call, aCaller(nobody));
    expect(waited()).toBe(12_000);
  });

  it('ends with the call that the client has cancelled, and a later yes runs nothing in it', async () => {
    const gone = new AbortController();
    const { rig, call, runs } = deskRig(async ({ approvals }, id) => {
      gone.abort();
      await approvals.settle(id, YES);
      gone.signal.throwIfAborted();
    });
    expect(await rig.pass(call, { ...nobody, signal: gone.signal })).toMatchObject({ isError: true });
    expect(runs()).toBe(0);
    expect(rig.records().at(-1)?.outcome?.status).toBe('cancelled');
  });

  it('waits, too, when a headless client has declined the dialog by itself', async () => {
    const { rig, call, runs } = deskRig(({ approvals }, id) => approvals.settle(id, YES));
    const asked = await rig.pass(call);
    if (asked.kind !== 'ask') throw new Error('nobody was asked');
    expect(asked.message).toContain('https://dash/pending/ap-');
    const { approval, calledAt, askedAt } = asked;
    const reply = { approval, calledAt, askedAt, action: 'decline' } as const;
    expect(await rig.pass(call, { reply })).toMatchObject({ isError: false, text: 'scaled' });
    expect(runs()).toBe(1);
  });

  it('is told that the approval is pending when the desk breaks off', async () => {
    const { rig, call } = deskRig(() => {
      throw new OpsError('unreachable', 'Cannot reach it.', 'Wait.');
    });
    expect(await rig.pass(call, nobody)).toMatchObject({ text: expect.stringContaining('Waiting for a person') });
  });

  it('does not wait for one that the desk knows nothing of', async () => {
    const rig = gateRig();
    let looks = 0;
    const changed = async () => {
      looks += 1;
      return undefined;
    };
    const desk: Desk = { isRemote: true, wait: 120_000, link: async () => undefined, changed };
    await pass({ ...rig.ports, desk: async () => desk }, aCall(), aCaller(nobody));
    expect(looks).toBe(1);
  });

  it('says that the dashboard is away only where one could be', async () => {
    for (const isRemote of [true, false]) {
      const rig = gateRig();
      const desk: Desk = { isRemote, wait: 0, link: async () => undefined, changed: async () => undefined };
      const verdict = await pass({ ...rig.ports, desk: async () => desk }, aCall(), aCaller(nobody));
      const text = verdict.kind === 'answer' ? verdict.text : expect.fail('nobody is there to be asked');
      expect(text).toContain('in a terminal with: k8s-agent approve');
      expect(text.includes('cannot be reached')).toBe(isRemote);
    }
  });

  it('says so when the approval is void meanwhile', async () => {
    const { rig, call } = deskRig(({ approvals }, id) => approvals.withdraw(id, 'resolved'));
    expect(await rig.pass(call, nobody)).toMatchObject({ text: expect.stringContaining('is void') });
  });
});
