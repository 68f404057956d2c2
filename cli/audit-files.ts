import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditFile } from '../shared/audit/verify.ts';

export function readAudit(folder: string, names: readonly string[]): readonly AuditFile[] {
  return names.map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
}
