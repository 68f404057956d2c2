import { chmodSync, readdirSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AuditLog } from '../../../shared/audit/log.ts';
import type { AuditEntry } from '../../../shared/audit/record.ts';
import { verify } from '../../../shared/audit/verify.ts';
import { fakeClock } from '../../support/clock.ts';
import { readRecords, tempFolder } from '../../support/gate-rig.ts';

function anEntry(change: Partial<AuditEntry> = {}): AuditEntry {
  return {
    phase: 'outcome',
    call: 'call-1',
    server: 'kubectl',
    tool: 'get',
    action: [{ verb: 'list', kind: 'Pod' }],
    inputs: {},
    masked: [],
    approval: { type: 'auto' },
    ...change,
  };
}

describe('the audit log', () => {
  it('writes one file a day, for its owner only, and one chain over the days', async () => {
    const folder = join(tempFolder(), 'actions');
    const clock = fakeClock(Date.UTC(2026, 10, 24, 23, 59, 59));
    const log = new AuditLog({ folder, writer: 'kubectl-1-a', clock });
    await log.append(anEntry());
    clock.advance(2_000);
    await log.append(anEntry());
    expect(readdirSync(folder).sort()).toEqual(['2026-11-24-actions.jsonl', '2026-11-25-actions.jsonl']);
    expect(statSync(join(folder, '2026-11-24-actions.jsonl')).mode & 0o777).toBe(0o600);
    const [first, second] = readRecords(folder);
    expect(second).toMatchObject({ seq: 2, prev: first?.hash });
  });

  it('keeps one chain when many calls write at once', async () => {
    const folder = tempFolder();
    const log = new AuditLog({ folder, writer: 'kubectl-1-a', clock: fakeClock() });
    await Promise.all(Array.from({ length: 50 }, (_, i) => log.append(anEntry({ call: `call-${i}` }))));
    const files = [
      {
        name: 'a',
        text: readRecords(folder)
          .map((r) => JSON.stringify(r))
          .join('\n'),
      },
    ];
    expect(verify(files, { isAlive: () => false })).toEqual({ records: 50, writers: 1, findings: [] });
  });

  it('starts a new file when somebody has deleted the one it writes', async () => {
    const folder = tempFolder();
    const log = new AuditLog({ folder, writer: 'kubectl-1-a', clock: fakeClock() });
    await log.append(anEntry());
    unlinkSync(join(folder, '2026-11-24-actions.jsonl'));
    await log.append(anEntry());
    expect(readRecords(folder)).toHaveLength(1);
  });

  it('says which folder cannot be written, and what to do', async () => {
    const parent = tempFolder();
    const file = join(parent, 'occupied');
    await new AuditLog({ folder: file, writer: 'w', clock: fakeClock() }).append(anEntry());
    chmodSync(file, 0o700);
    const log = new AuditLog({
      folder: join(file, '2026-11-24-actions.jsonl', 'below-a-file'),
      writer: 'w',
      clock: fakeClock(),
    });
    await expect(log.append(anEntry())).rejects.toMatchObject({
      code: 'audit_unavailable',
      hint: expect.stringContaining('Nothing is changed without a record'),
    });
  });
});
