import { isObject, parseJson } from '../kernel/json.ts';
import type { AuditRecord } from './record.ts';

/** The record on a line of the log: a line that lacks what every record has was not written by us. */
export function parseRecord(line: string): AuditRecord | undefined {
  const value = parseJson(line);
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is AuditRecord {
  return (
    isObject(value) &&
    ['id', 'at', 'call', 'writer', 'prev', 'hash', 'tool', 'server'].every((key) => typeof value[key] === 'string') &&
    typeof value.seq === 'number' &&
    Array.isArray(value.action) &&
    (value.phase === 'intent' || value.phase === 'outcome')
  );
}
