import { describe, expect, it } from 'vitest';
import { type AuditEntry, type AuditRecord, CHAIN_START } from '../../shared/audit/record.ts';
import type { ActionFilter, ActionLog } from '../../shared/control-plane/ports.ts';
import { iso } from '../../shared/kernel/clock.ts';
import { digest } from '../../shared/kernel/digest.ts';

const START = Date.UTC(2026, 10, 24, 6);

export function anEntry(change: Partial<AuditEntry> = {}): AuditEntry {
  return {
    phase: 'outcome',
    call: 'call-1',
    server: 'kubectl',
    tool: 'get',
    action: [{ verb: 'get', kind: 'Pod', namespace: 'shop', name: 'web-1' }],
    inputs: { kind: 'pod' },
    masked: [],
    tier: 'safe',
    approval: { type: 'auto' },
    outcome: { status: 'ok', message: '1 pod.', durationMs: 3 },
    ...change,
  };
}

/** The records of one writer, a second apart, as the log chains them. */
export function aChain(writer: string, entries: readonly Partial<AuditEntry>[], start = START): AuditRecord[] {
  const records: AuditRecord[] = [];
  for (const [index, entry] of entries.entries()) {
    const id = `au-${writer}-${index + 1}`;
    const at = iso(start + index * 1_000);
    const prev = records.at(-1)?.hash ?? CHAIN_START;
    const unsigned = { id, at, ...anEntry(entry), writer, seq: index + 1, prev };
    records.push({ ...unsigned, hash: digest(unsigned) });
  }
  return records;
}

/** Every log of actions keeps this. */
export function actionLogContract(name: string, open: () => Promise<ActionLog>): void {
  describe(`${name} keeps the ActionLog contract`, () => {
    const ids = async (log: ActionLog, filter?: ActionFilter) => (await log.list(filter)).records.map(({ id }) => id);

    it('gives back what was shipped, newest first', async () => {
      const log = await open();
      const records = aChain('w', [{ inputs: { text: 'two\nlines “ü” \u0000' }, rule: '"get" (default)' }, {}]);
      expect(await log.ship(records)).toBe(2);
      expect((await log.list()).records).toEqual(records.toReversed());
    });

    it('adds a record once, however often and from however many sides it comes', async () => {
      const log = await open();
      const records = aChain('w', [{}, {}, {}]);
      const added = await Promise.all([log.ship(records), log.ship(records.toReversed()), log.ship(records)]);
      expect(added.reduce((sum, n) => sum + n)).toBe(3);
      expect(await log.ship(records)).toBe(0);
      expect(await ids(log)).toHaveLength(3);
    });

    it.each<[ActionFilter, number[]]>([
      [{ agent: 'k8s-diagnostician' }, [2]],
      [{ workflow: 'check' }, [3]],
      [{ run: 'run-1' }, [3]],
      [{ tier: 'forbidden' }, [4]],
      [{ server: 'gitea' }, [5]],
      [{ tool: 'scale' }, [2]],
      [{ outcome: 'unknown' }, [2]],
      [{ text: 'web-1' }, [4, 3, 1]],
      [{ text: 'LÄNGER' }, [5]],
      [{ text: '100%' }, [5]],
      [{ text: '1__%' }, []],
      [{ text: 'needle', tier: 'safe' }, [3]],
      [{ from: START + 1_000, until: START + 3_000 }, [3, 2]],
      [{ outcome: 'ok', limit: 2 }, [5, 3]],
    ])('finds by %o', async (filter, expected) => {
      const log = await open();
      const unknown = { status: 'unknown', message: 'needle', durationMs: 1 } as const;
      await log.ship(
        aChain('w', [
          {},
          { agent: 'k8s-diagnostician', tool: 'scale', tier: 'confirm', outcome: unknown, action: [] },
          { workflow: 'check', run: 'run-1', inputs: { why: 'a Needle' } },
          { tier: 'forbidden', outcome: { status: 'refused', message: 'no', durationMs: 0 } },
          { server: 'gitea', action: [{ verb: 'list' }], inputs: { q: 'länger als 100%' } },
        ]),
      );
      expect(await ids(log, filter)).toEqual(expected.map((n) => `au-w-${n}`));
    });

    it.each([{}, { text: 'web' }])('turns pages without a record lost or shown twice (%o)', async (filter) => {
      const log = await open();
      // Both writers have records of the same millisecond and number.
      await log.ship([...aChain('a', Array(7).fill({})), ...aChain('b', Array(7).fill({}))]);
      const seen: string[] = [];
      let before: string | undefined;
      do {
        const page = await log.list({ ...filter, limit: 4, ...(before && { before }) });
        seen.push(...page.records.map(({ id }) => id));
        before = page.next;
      } while (before !== undefined);
      expect(seen).toEqual(await ids(log, { limit: 100 }));
      expect(new Set(seen).size).toBe(14);
    });

    it('says that a place in the history is none', async () => {
      await expect((await open()).list({ before: 'yesterday' })).rejects.toMatchObject({ code: 'invalid_input' });
    });

    it('proves a chain that is whole', async () => {
      const log = await open();
      await log.ship([...aChain('a', [{}, {}, {}]), ...aChain('b', [{}], START + 9_000)]);
      expect(await log.chains()).toEqual([
        { writer: 'b', records: 1, lastAt: iso(START + 9_000) },
        { writer: 'a', records: 3, lastAt: iso(START + 2_000) },
      ]);
    });

    it('proves it in whatever order its records came', async () => {
      const log = await open();
      const records = aChain('a', [{}, {}, {}]);
      await log.ship(records.slice(2));
      expect(await log.chains()).toMatchObject([{ records: 1, brokenAt: 3 }]);
      await log.ship(records.slice(0, 2));
      expect(await log.chains()).toEqual([{ writer: 'a', records: 3, lastAt: iso(START + 2_000) }]);
    });

    it.each<[string, (records: AuditRecord[]) => AuditRecord[], number]>([
      ['a record is missing', (all) => all.toSpliced(1, 1), 3],
      ['the first is missing', (all) => all.slice(1), 2],
      ['a record was changed', (all) => all.map((one) => (one.seq === 2 ? { ...one, tool: 'delete' } : one)), 2],
      ['a record was written anew', (all) => all.map((one) => (one.seq === 2 ? rewritten(one) : one)), 3],
      ['a number is there twice', (all) => [...all, rewritten({ ...required(all[1]), id: 'au-x' })], 2],
    ])('shows where it breaks: %s', async (_, damage, brokenAt) => {
      const log = await open();
      await log.ship(damage(aChain('a', [{}, {}, {}, {}])));
      expect(await log.chains()).toMatchObject([{ brokenAt }]);
    });

    it('forgets what is older, and still proves the rest', async () => {
      const log = await open();
      await log.ship([...aChain('a', [{}, {}, {}]), ...aChain('old', [{}], START - 9_000)]);
      expect(await log.prune(START + 1_000)).toBe(2);
      expect(await ids(log)).toEqual(['au-a-3', 'au-a-2']);
      expect(await log.chains()).toEqual([{ writer: 'a', records: 2, lastAt: iso(START + 2_000) }]);
      expect(await log.prune(START + 1_000)).toBe(0);
    });
  });
}

function rewritten({ hash: _, ...record }: AuditRecord): AuditRecord {
  const changed = { ...record, tool: 'delete' };
  return { ...changed, hash: digest(changed) };
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nothing there');
  return value;
}
