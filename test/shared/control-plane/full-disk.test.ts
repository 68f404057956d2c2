import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { move } from '../../../shared/approvals/approval.ts';
import { openSqlite } from '../../../shared/control-plane/sqlite/open.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { aChain } from '../../contracts/action-log.ts';
import { anAlert } from '../../contracts/inbox.ts';
import { anApproval } from '../../support/builders.ts';
import { fakeClock } from '../../support/clock.ts';
import { tempFolder } from '../../support/gate-rig.ts';

/** A disk of its own. Only root can make one. */
async function smallDisk(megabytes: number): Promise<string> {
  const folder = join(tempFolder(), 'disk');
  mkdirSync(folder);
  await execa('/bin/mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  onTestFinished(async () => void (await execa('/bin/umount', ['--lazy', folder])));
  return folder;
}

describe.skipIf(process.getuid?.() !== 0)('the control plane on a full disk', () => {
  it('says so, keeps what it has acknowledged, and goes on reading; with room it goes on writing', async () => {
    const folder = await smallDisk(6);
    const [file, ballast] = [join(folder, 'state.db'), join(folder, 'ballast')];
    writeFileSync(ballast, Buffer.alloc(2 << 20));
    const open = () => openSqlite(file, fakeClock());
    const plane = open();
    onTestFinished(() => plane.close());
    await plane.approvals.open(anApproval());
    let acknowledged = 0;
    const fill = async () => {
      for (;;) acknowledged += await plane.actions.ship(aChain(`w${acknowledged}`, Array(100).fill({})));
    };
    const error = await fill().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OpsError);
    expect(error).toMatchObject({ code: 'store_unavailable' });
    expect(String(error)).toContain(`in ${file} cannot be written: database or disk is full`);
    expect(acknowledged).toBeGreaterThan(100);

    for (const write of [
      () => plane.actions.ship(aChain('x', Array(100).fill({}))),
      () => plane.approvals.open(anApproval({ id: 'ap-2', key: '2', details: 'x'.repeat(1 << 20) })),
      () => plane.inbox.receive('g', [anAlert({ annotations: { text: 'x'.repeat(1 << 20) } })], 1),
      () => plane.documents.put('user', 'a', 'x'.repeat(1 << 20)),
    ])
      await expect(write()).rejects.toMatchObject({ code: 'store_unavailable' });

    const again = open();
    onTestFinished(() => again.close());
    for (const reader of [plane, again]) {
      expect((await reader.actions.list({ limit: 10_000 })).records).toHaveLength(acknowledged);
      expect(await reader.approvals.list()).toEqual([anApproval()]);
    }

    rmSync(ballast);
    expect(await plane.approvals.swap('pending', move(anApproval(), 'rejected'))).toBe(true);
    expect(await plane.actions.ship(aChain('x', Array(100).fill({})))).toBe(100);
    expect((await plane.actions.chains()).every(({ brokenAt }) => brokenAt === undefined)).toBe(true);
  });
});
