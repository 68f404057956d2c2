import { readdirSync } from 'node:fs';
import { errnoOf } from '../kernel/errors.ts';

/** The audit log's files, oldest first; none where nothing was ever logged. */
export function auditFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('-actions.jsonl'))
      .sort();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
