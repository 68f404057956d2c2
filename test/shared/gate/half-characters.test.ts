import { describe, expect, it } from 'vitest';
import type { Call } from '../../../shared/gate/call.ts';
import { aCall, aPlan, aRead, aWrite } from '../../support/builders.ts';
import { gateRig } from '../../support/gate-rig.ts';

/** JSON can carry it, and no hash can: a model that writes it must not get past the log by it. */
const HALF = '\ud800';

describe('half a character in a call', () => {
  it.each([
    ['a read', aRead()],
    ['a change', aWrite(aPlan({ run: () => Promise.reject(new Error('it ran')) }))],
  ])('is refused and recorded, and nothing is asked of anybody: %s', async (_what, effect) => {
    const rig = gateRig();
    const verdict = await rig.pass(aCall({ effect, input: { name: `web${HALF}` } }), { canAsk: true });
    expect(verdict).toMatchObject({
      kind: 'answer',
      isError: true,
      text: expect.stringMatching(/^The arguments hold/),
    });
    expect(rig.records()).toMatchObject([{ inputs: { name: 'web\ufffd' }, outcome: { status: 'error' } }]);
    expect(await rig.approvals.list()).toEqual([]);
  });

  it('keeps no refusal out of the log, in whatever field it stands', async () => {
    const rig = gateRig({ autonomy: { forbidden_actions: ['delete'] } });
    const call = aCall({ tool: 'delete', action: { verb: 'delete', name: `web${HALF}` }, effect: aRead(), input: {} });
    expect(await rig.pass(call, { agent: HALF })).toMatchObject({ isError: true });
    expect(rig.records()).toMatchObject([
      { agent: '\ufffd', action: [{ verb: 'delete', name: 'web\ufffd' }], outcome: { status: 'refused' } },
    ]);
  });

  it('is told from what looks like one, and found in keys, too', async () => {
    const rig = gateRig();
    const whole = { deep: [{ '\\ud800': '\\ud800 \\\\ud800 😀' }] };
    const look = (input: Call['input']) => rig.pass(aCall({ effect: aRead(), action: { verb: 'get' }, input }));
    expect(await look(whole)).toMatchObject({ isError: false });
    expect(await look({ [`a${HALF}`]: 1 })).toMatchObject({ isError: true });
    expect(await look({ deep: [`\\${HALF}`] })).toMatchObject({ isError: true });
    expect(rig.records().map(({ inputs }) => inputs)).toMatchObject([whole, { 'a\ufffd': 1 }, {}]);
  });
});
