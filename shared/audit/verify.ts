import { digest } from '../kernel/digest.ts';
import { parseRecord } from './parse.ts';
import { type AuditRecord, CHAIN_START } from './record.ts';

interface Finding {
  /** `unknown-outcome`: a change began and nobody wrote what came of it. The others: the file was damaged or edited. */
  readonly kind:
    | 'unreadable-line'
    | 'changed-record'
    | 'broken-chain'
    | 'gap'
    | 'unknown-outcome'
    | 'in-flight'
    | 'missing-intent';
  /** `2026-11-24-actions.jsonl:17` */
  readonly where: string;
  readonly message: string;
}

export interface AuditFile {
  readonly name: string;
  readonly text: string;
}

export interface Verification {
  readonly records: number;
  readonly writers: number;
  readonly findings: readonly Finding[];
}

export interface VerifyOptions {
  /** Whether the process behind a writer's name still runs: its newest intent may yet get its outcome. */
  readonly isAlive: (writer: string) => boolean;
  /** Calls whose approval says that they ran: each must have an intent on record. */
  readonly executedCalls?: readonly string[];
}

/** Checks every chain, every gap, and every change that has no outcome. */
export function verify(files: readonly AuditFile[], options: VerifyOptions): Verification {
  const findings: Finding[] = [];
  const heads = new Map<string, { readonly seq: number; readonly hash: string }>();
  const intents = new Map<string, { readonly record: AuditRecord; readonly where: string }>();
  const seen = new Set<string>();
  let records = 0;
  for (const { record, where } of read(files, findings)) {
    records += 1;
    findings.push(...chainFindings(record, heads.get(record.writer), where));
    heads.set(record.writer, { seq: record.seq, hash: record.hash });
    if (record.phase === 'intent') {
      intents.set(record.call, { record, where });
      seen.add(record.call);
    } else intents.delete(record.call);
  }
  for (const { record, where } of intents.values()) findings.push(openIntent(record, where, options));
  for (const call of options.executedCalls ?? []) if (!seen.has(call)) findings.push(missingIntent(call));
  return { records, writers: heads.size, findings };
}

function* read(files: readonly AuditFile[], findings: Finding[]): Generator<{ record: AuditRecord; where: string }> {
  const inOrder = [...files].sort((a, b) => a.name.localeCompare(b.name));
  for (const file of inOrder) {
    for (const [index, line] of file.text.split('\n').entries()) {
      if (line === '') continue;
      const where = `${file.name}:${index + 1}`;
      const record = parseRecord(line);
      if (record === undefined) {
        findings.push({ kind: 'unreadable-line', where, message: 'not a record: a torn write, or an edit' });
      } else yield { record, where };
    }
  }
}

function chainFindings(record: AuditRecord, head: { seq: number; hash: string } | undefined, where: string): Finding[] {
  const { hash, ...rest } = record;
  const findings: Finding[] = [];
  if (digest(rest) !== hash) {
    findings.push({ kind: 'changed-record', where, message: `record ${record.id} is not what ${record.writer} wrote` });
  }
  const expected = (head?.seq ?? 0) + 1;
  if (record.seq !== expected) {
    findings.push({
      kind: 'gap',
      where,
      message: `${record.writer}: record ${expected} is missing, ${record.seq} follows`,
    });
  } else if (record.prev !== (head?.hash ?? CHAIN_START)) {
    findings.push({
      kind: 'broken-chain',
      where,
      message: `${record.writer}: record ${record.seq} does not follow the one before`,
    });
  }
  return findings;
}

function openIntent(record: AuditRecord, where: string, { isAlive }: VerifyOptions): Finding {
  const { verb, kind, namespace, name } = record.action[0] ?? { verb: record.tool };
  const what = `${verb} ${kind ?? ''}/${name ?? ''}${namespace ? ` in ${namespace}` : ''} (call ${record.call}, by ${record.agent ?? 'unknown agent'})`;
  return isAlive(record.writer)
    ? { kind: 'in-flight', where, message: `${what} is still running` }
    : {
        kind: 'unknown-outcome',
        where,
        message: `outcome unknown: ${what} began at ${record.at}; look at the target, it is never run again by itself`,
      };
}

function missingIntent(call: string): Finding {
  return {
    kind: 'missing-intent',
    where: 'approvals',
    message: `call ${call} was executed, but its records are not in the logs`,
  };
}
