import { appendFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AuditLog } from '../../../shared/audit/log.ts';
import type { AuditRecord } from '../../../shared/audit/record.ts';
import { Shipper, type ShipperOptions } from '../../../shared/control-plane/client/shipper.ts';
import type { ActionLog } from '../../../shared/control-plane/ports.ts';
import { openSqlite } from '../../../shared/control-plane/sqlite/open.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { aChain, anEntry } from '../../contracts/action-log.ts';
import { fakeClock } from '../../support/clock.ts';
import { tempFolder } from '../../support/gate-rig.ts';

/** The real log, the real shipper and a real store, with a way in between that a test can break. */
function rig(change: Partial<ShipperOptions> = {}) {
  const home = tempFolder();
  const clock = fakeClock();
  const plane = openSqlite(join(home, 'dashboard.db'), clock);
  onTestFinished(() => plane.close());
  const [folder, state] = [join(home, 'actions'), join(home, 'state')];
  const logged: string[] = [];
  const way: { fails?: (records: readonly AuditRecord[]) => void; sent: number } = { sent: 0 };
  const to: Pick<ActionLog, 'ship'> = {
    ship: async (records) => {
      way.fails?.(records);
      way.sent += records.length;
      return plane.actions.ship(records);
    },
  };
  const log = (message: string) => logged.push(message);
  const shipper = (more: Partial<ShipperOptions> = {}) =>
    new Shipper({ folder, state, owner: 'a', to, clock, random: () => 1, log, ...change, ...more });
  const audit = new AuditLog({ folder, writer: 'kubectl-1', clock, sync: false });
  onTestFinished(() => audit.close());
  const write = async (n: number) => {
    for (let i = 0; i < n; i += 1) await audit.append(anEntry());
  };
  const file = (day = '2026-11-24') => join(folder, `${day}-actions.jsonl`);
  const arrived = async () => (await plane.actions.list({ limit: 10_000 })).records.length;
  return { folder, state, clock, plane, logged, way, shipper, write, file, arrived };
}

const away = () => {
  throw new OpsError('unreachable', 'Cannot reach it.', 'Wait.');
};

describe('shipping the audit log', () => {
  it('carries every record once, and what comes later with the next round', async () => {
    const { shipper, write, arrived, way, plane } = rig();
    const one = shipper();
    expect(await one.round()).toBe(2_000);
    await write(1_200);
    await one.round();
    expect(await arrived()).toBe(1_200);
    await write(3);
    await one.round();
    expect(await arrived()).toBe(1_203);
    expect(way.sent).toBe(1_203);
    expect(await plane.actions.chains()).toMatchObject([{ writer: 'kubectl-1', records: 1_203 }]);
  });

  it('goes on where another process ended', async () => {
    const { shipper, write, arrived, way, clock } = rig();
    await write(5);
    await shipper().round();
    clock.advance(60_000);
    await write(2);
    await shipper({ owner: 'b' }).round();
    expect([await arrived(), way.sent]).toEqual([7, 7]);
  });

  it('ships anew, and nothing twice, when what it knew is lost', async () => {
    const { shipper, write, arrived, state } = rig();
    await write(5);
    await shipper().round();
    writeFileSync(join(state, 'shipped.json'), '{"2026');
    await shipper().round();
    expect(await arrived()).toBe(5);
  });

  it('catches up after an outage, with pauses that grow to five minutes, and says so once', async () => {
    const { shipper, write, arrived, way, logged } = rig();
    const one = shipper();
    way.fails = away;
    await write(4);
    const pauses: number[] = [];
    for (let i = 0; i < 11; i += 1) pauses.push(await one.round());
    expect(pauses.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(pauses.at(-1)).toBe(300_000);
    expect(logged).toHaveLength(1);
    way.fails = () => {};
    await write(1);
    expect(await one.round()).toBe(2_000);
    expect(await arrived()).toBe(5);
    way.fails = away;
    await write(1);
    expect(await one.round()).toBe(1_000);
  });

  it('spreads the retries of many machines', async () => {
    const { shipper, write, way } = rig();
    way.fails = away;
    await write(1);
    expect(await shipper({ random: () => 0 }).round()).toBe(500);
  });

  it('counts what arrived before a round broke off as shipped, or ships it again, and loses nothing', async () => {
    const { shipper, write, arrived, way } = rig();
    await write(2_500);
    way.fails = () => way.sent >= 1_000 && away();
    const one = shipper();
    await one.round();
    way.fails = () => {};
    await one.round();
    expect(await arrived()).toBe(2_500);
  });

  it('waits for the end of a line that is being written', async () => {
    const { shipper, write, arrived, file } = rig();
    await write(2);
    const whole = readFileSync(file());
    truncateSync(file(), whole.length - 10);
    await shipper().round();
    expect(await arrived()).toBe(1);
    writeFileSync(file(), whole);
    await shipper().round();
    expect(await arrived()).toBe(2);
  });

  it('passes by a line that was torn or edited', async () => {
    const { shipper, write, arrived, file } = rig();
    await write(1);
    appendFileSync(file(), '{"id": "au-torn", "at": \n\nnot a record\n{"id":"au-odd"}\n');
    await write(1);
    await shipper().round();
    expect(await arrived()).toBe(2);
  });

  it('takes the next day’s file when a day has ended, and what was still written into the old one', async () => {
    const { shipper, write, arrived, file, clock } = rig();
    const one = shipper();
    await write(2);
    await one.round();
    clock.advance(86_400_000);
    await write(3);
    await one.round();
    expect(await arrived()).toBe(5);
    appendFileSync(file(), `${JSON.stringify(aChain('late', [{}])[0])}\n`);
    await one.round();
    expect(await arrived()).toBe(6);
  });

  it('reads a line that is larger than a piece', async () => {
    const { shipper, folder, file, arrived } = rig();
    mkdirSync(folder);
    const [record] = aChain('w', [{ inputs: { list: Array(40_000).fill('a large manifest') } }]);
    writeFileSync(file(), `${JSON.stringify(record)}\n`);
    await shipper().round();
    expect(await arrived()).toBe(1);
  });

  it('leaves out the one record that the dashboard refuses, and says which', async () => {
    const { shipper, write, arrived, way, logged } = rig();
    await write(9);
    way.fails = (records) => {
      if (records.some(({ seq }) => seq === 4)) throw new OpsError('invalid_input', 'What is this?', 'No.');
    };
    expect(await shipper().round()).toBe(2_000);
    expect(await arrived()).toBe(8);
    expect(logged).toHaveLength(1);
  });

  it('leaves the work to one process of a machine, until that has ended', async () => {
    const { shipper, write, arrived, way, clock } = rig();
    await shipper().round();
    await write(1);
    const second = shipper({ owner: 'b' });
    await second.round();
    expect([await arrived(), way.sent]).toEqual([0, 0]);
    clock.advance(30_000);
    await second.round();
    expect(await arrived()).toBe(1);
  });
});
