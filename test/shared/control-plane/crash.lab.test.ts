import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ControlPlane } from '../../../shared/control-plane/ports.ts';
import { openSqlite } from '../../../shared/control-plane/sqlite/open.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { tempFolder } from '../../support/gate-rig.ts';

const WORKER = fileURLToPath(new URL('../../support/fixture-settler.ts', import.meta.url));

/** Runs two rivals on one file, and kills both when they have said `lines` lines; what had been acknowledged. */
async function killAfter(file: string, lines: number, first: number): Promise<string[]> {
  const rivals = ['a', 'b'].map((me) =>
    spawn(process.execPath, [WORKER, file, me, `${first}`], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  const heard: string[] = [];
  const kill = () => {
    for (const rival of rivals) rival.kill('SIGKILL');
  };
  onTestFinished(kill);
  const ends = rivals.map(async (rival) => {
    for await (const line of createInterface({ input: rival.stdout })) {
      heard.push(line);
      if (heard.length === lines) kill();
    }
    if (rival.exitCode === null && rival.signalCode === null) await once(rival, 'exit');
  });
  await Promise.all(ends);
  expect(rivals.map(({ signalCode }) => signalCode)).toEqual(['SIGKILL', 'SIGKILL']);
  return heard;
}

async function everything({ approvals, actions, inbox }: ControlPlane) {
  const { records } = await actions.list({ limit: 100_000 });
  return {
    approvals: new Map((await approvals.list({ limit: 100_000 })).map((approval) => [approval.id, approval])),
    ids: new Set([...records, ...(await inbox.list(100_000))].map(({ id }) => id)),
  };
}

describe('two processes that are killed among a thousand creates and settles', () => {
  it('lose nothing that was acknowledged, and settle and claim nothing twice', async () => {
    const file = join(tempFolder(), 'state.db');
    const heard: string[] = [];
    // At once, among the creates; then among the settles; then late.
    for (const [round, lines] of [50, 2_500, 4_500].entries())
      heard.push(...(await killAfter(file, lines, round * 1_000)));
    const plane = openSqlite(file, systemClock);
    onTestFinished(() => plane.close());
    const { approvals, ids } = await everything(plane);

    const of = (...words: string[]) =>
      heard.map((line) => line.split(' ')).flatMap(([word = '', id = '']) => (words.includes(word) ? [id] : []));
    expect(of('open').filter((id) => !approvals.has(id))).toEqual([]);
    expect(of('shipped', 'received').filter((id) => !ids.has(id))).toEqual([]);
    for (const word of ['settled', 'claimed']) {
      const said = word === 'settled' ? of('approved', 'rejected') : of('claimed');
      expect(said.length).toBeGreaterThan(200);
      expect(new Set(said).size).toBe(said.length);
    }
    const stateOf = (id: string) => approvals.get(id)?.state ?? 'lost';
    expect(of('rejected').filter((id) => stateOf(id) !== 'rejected')).toEqual([]);
    expect(of('approved').filter((id) => !['approved', 'executing'].includes(stateOf(id)))).toEqual([]);
    expect(of('claimed').filter((id) => stateOf(id) !== 'executing')).toEqual([]);
  }, 120_000);
});
