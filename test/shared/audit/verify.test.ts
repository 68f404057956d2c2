import { describe, expect, it } from 'vitest';
import { AuditLog } from '../../../shared/audit/log.ts';
import type { AuditEntry, AuditRecord } from '../../../shared/audit/record.ts';
import { type VerifyOptions, verify } from '../../../shared/audit/verify.ts';
import { fakeClock } from '../../support/clock.ts';
import { readRecords, tempFolder } from '../../support/gate-rig.ts';

const ACTION = [{ verb: 'scale', kind: 'Deployment', namespace: 'shop', name: 'web' }];

/** The records of one writer that really wrote them. */
async function written(...phases: readonly [AuditEntry['phase'], string][]): Promise<AuditRecord[]> {
  const folder = tempFolder();
  const log = new AuditLog({ folder, writer: 'kubectl-1-a', clock: fakeClock() });
  for (const [phase, call] of phases) {
    await log.append({
      phase,
      call,
      server: 'kubectl',
      tool: 'scale',
      action: ACTION,
      inputs: {},
      masked: [],
      approval: { type: 'auto' },
    });
  }
  return readRecords(folder);
}

function check(records: readonly (AuditRecord | string)[], options: Partial<VerifyOptions> = {}) {
  const text = records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record))).join('\n');
  return verify([{ name: 'day.jsonl', text }], { isAlive: () => false, ...options }).findings;
}

describe('audit verify', () => {
  it('finds nothing in a whole log', async () => {
    expect(check(await written(['intent', 'c1'], ['outcome', 'c1'], ['outcome', 'c2']))).toEqual([]);
  });

  it('names a change whose outcome nobody wrote', async () => {
    expect(check(await written(['outcome', 'c0'], ['intent', 'c1']))).toEqual([
      {
        kind: 'unknown-outcome',
        where: 'day.jsonl:2',
        message: expect.stringContaining('outcome unknown: scale Deployment/web in shop (call c1'),
      },
    ]);
  });

  it('calls it in flight while its writer lives', async () => {
    expect(check(await written(['intent', 'c1']), { isAlive: (writer) => writer === 'kubectl-1-a' })).toMatchObject([
      { kind: 'in-flight' },
    ]);
  });

  it('sees an edited record', async () => {
    const [first, second] = await written(['outcome', 'c1'], ['outcome', 'c2']);
    if (!first || !second) throw new Error('two records were written');
    expect(check([{ ...first, tool: 'get' }, second])).toMatchObject([
      { kind: 'changed-record', where: 'day.jsonl:1' },
    ]);
  });

  it('sees a removed record', async () => {
    const [first, , third] = await written(['outcome', 'c1'], ['outcome', 'c2'], ['outcome', 'c3']);
    if (!first || !third) throw new Error('three records were written');
    expect(check([first, third])).toMatchObject([{ kind: 'gap', where: 'day.jsonl:2' }]);
  });

  it('sees a record put in the place of another', async () => {
    const [first, second] = await written(['outcome', 'c1'], ['outcome', 'c2']);
    const [other] = await written(['outcome', 'c9']);
    if (!first || !second || !other) throw new Error('three records were written');
    expect(check([other, second])).toMatchObject([{ kind: 'broken-chain', where: 'day.jsonl:2' }]);
  });

  it('sees half a line', async () => {
    expect(check([...(await written(['outcome', 'c1'])), '{"id":"au-'])).toMatchObject([
      { kind: 'unreadable-line', where: 'day.jsonl:2' },
    ]);
  });

  it('misses the records of a call that an approval says was executed', async () => {
    expect(check(await written(['intent', 'c1'], ['outcome', 'c1']), { executedCalls: ['c1', 'c7'] })).toMatchObject([
      { kind: 'missing-intent', message: expect.stringContaining('c7') },
    ]);
  });
});
