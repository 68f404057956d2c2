import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditFile } from '../shared/audit/verify.ts';

/** The audit log's files, oldest first. */
export function auditFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('-actions.jsonl'))
    .sort();
}

export function readAudit(folder: string, names: readonly string[]): readonly AuditFile[] {
  return names.map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
}
