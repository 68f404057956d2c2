import { describe, expect, it, onTestFinished } from 'vitest';
import { breakerStateSchema, type History } from '../../daemon/breaker/breaker.ts';
import { Breakers } from '../../daemon/breaker/breakers.ts';
import { historyOf } from '../../daemon/breaker/history.ts';
import { SharedRecords } from '../../daemon/records.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import { aChain } from '../contracts/action-log.ts';
import { aCreated, aRow } from '../contracts/run-store.ts';
import { fakeClock } from '../support/clock.ts';
import { stateInMemory } from '../support/daemon-state.ts';
import { tempFolder } from '../support/gate-rig.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = 100 * HOUR;

/** `ok fail fail`: a run each ten minutes, the last one just now. */
function ends(text: string, last = NOW): History['ends'] {
  const words = text === '' ? [] : text.split(' ');
  return words.map((word, index) => ({ at: last - (words.length - 1 - index) * 10 * MINUTE, ok: word === 'ok' }));
}

describe('the breakers', () => {
  it('tell of a stop until people have heard of it, survive a restart, and let a person end it', async () => {
    const states = new SharedRecords(stateInMemory(), 'breakers', breakerStateSchema);
    const clock = fakeClock(NOW);
    let history: History = { ends: ends('fail fail fail'), changes: [] };
    const start = () => new Breakers({ states, clock, history: async () => history });
    expect(await start().check('check')).toMatchObject({ kind: 'open', until: NOW + HOUR });
    const [news] = await start().news();
    expect(news).toMatchObject({ workflow: 'check', state: { reason: '3 runs in a row have failed' } });
    if (news !== undefined) await start().told(news);
    expect(await start().news()).toEqual([]);
    expect(await start().check('check')).toMatchObject({ kind: 'open' });

    await start().reset('check', 'anna');
    // What was told belongs to the stop, not to its end.
    if (news !== undefined) await start().told(news);
    expect(await start().news()).toMatchObject([{ state: { kind: 'closed', by: 'anna' } }]);
    expect(await start().check('check')).toMatchObject({ kind: 'closed' });
    clock.advance(HOUR);
    history = { ends: ends('fail', NOW + HOUR), changes: [] };
    expect(await start().check('check')).toMatchObject({ kind: 'closed', probation: false });
    history = { ends: ends('fail fail fail', NOW + HOUR), changes: [] };
    expect(await start().check('check')).toMatchObject({ kind: 'open', at: NOW + HOUR });
    if (news !== undefined) await start().told(news);
    expect(await start().news()).toMatchObject([{ state: { kind: 'open', at: NOW + HOUR } }]);
    expect(await start().list()).toHaveLength(1);
  });

  it('know from the stores what a workflow has done: its ended runs, and what it was about to change', async () => {
    const plane = openSqlite(`${tempFolder()}/state.db`, fakeClock());
    onTestFinished(() => plane.close());
    const rows = ['succeeded', 'failed', 'cancelled', 'skipped', 'timed-out', 'running'] as const;
    for (const [n, status] of rows.entries()) {
      const row = aRow({ run: `run-${n}`, workflow: 'check', status, createdAt: n, updatedAt: n * 10 });
      await plane.runs.append(0, aCreated(`run-${n}`), row);
    }
    await plane.runs.append(0, aCreated('run-x'), aRow({ run: 'run-x', workflow: 'other', status: 'failed' }));
    const pod = { verb: 'restart', kind: 'Pod', namespace: 'shop', name: 'web-7d4b9c6f5d-x2x9z' };
    const web = { verb: 'scale', kind: 'Deployment', namespace: 'shop', name: 'web' };
    const records = [
      [5, { workflow: 'check', phase: 'intent', action: [pod] }],
      [4, { workflow: 'check', phase: 'outcome', action: [pod] }],
      [3, { workflow: 'check', phase: 'intent', action: [web] }],
      [61, { workflow: 'check', phase: 'intent', action: [web] }],
      [2, { workflow: 'other', phase: 'intent', action: [web] }],
    ] as const;
    for (const [minutes, entry] of records)
      await plane.actions.ship(aChain(`writer-${minutes}`, [entry], NOW - minutes * MINUTE));
    const { ends: ended, changes: changed } = await historyOf('check', NOW, plane);
    expect(ended.toSorted((a, b) => a.at - b.at)).toEqual([
      { at: 0, ok: true },
      { at: 10, ok: false },
      { at: 40, ok: false },
    ]);
    expect(changed.map(({ target, at }) => [target, (NOW - at) / MINUTE]).sort()).toEqual([
      ['shop/web', 3],
      ['shop/web', 5],
    ]);
  });
});
