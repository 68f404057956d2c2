import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { LabView } from './component.ts';
import { exists, writePrivate } from './files.ts';

/** Where a secret of this lab lies, for its owner only. */
export const secretFile = ({ path }: Pick<LabView, 'path'>, name: string) => path('secrets', name);

/** The secret of this name: each lab has its own, made when it is first asked for. */
export async function secretOf(lab: Pick<LabView, 'path'>, name: string): Promise<string> {
  const file = secretFile(lab, name);
  if (!(await exists(file))) await writePrivate(file, randomBytes(24).toString('base64url'));
  return readFile(file, 'utf8');
}
