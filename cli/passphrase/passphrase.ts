import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { errnoOf, messageOf, OpsError } from '../../shared/kernel/errors.ts';
import { hashPassword, isPassword, passwordHashSchema } from '../../shared/kernel/password.ts';
import { writeAtomically } from '../files.ts';

export const MIN_LENGTH = 8;

/** 128 MiB and a third of a second on a Raspberry Pi 5: OWASP's first choice for scrypt (N = 2^17, r = 8, p = 1). */
const COST = { N: 2 ** 17, r: 8, p: 1 } as const;

/** `k8s-agent/approver.json` */
const fileSchema = passwordHashSchema.extend({ version: z.literal(1) });

export async function savePassphrase(file: string, passphrase: string): Promise<void> {
  if (passphrase.length < MIN_LENGTH) {
    throw new OpsError(
      'invalid_input',
      `The passphrase is shorter than ${MIN_LENGTH} characters.`,
      'Choose a longer one.',
    );
  }
  writeAtomically(file, `${JSON.stringify({ version: 1, ...(await hashPassword(passphrase, COST)) })}\n`, 0o600);
}

/** undefined: none has been set. Throws where the file cannot be read. */
export function readPassphrase(file: string): z.output<typeof fileSchema> | undefined {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    const what = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new OpsError(
      'config_invalid',
      `${file} cannot be used: ${what}.`,
      'Remove it and set a new one: k8s-agent passphrase',
      {
        cause: error,
      },
    );
  }
}

export async function isPassphrase(file: string, passphrase: string): Promise<boolean> {
  const stored = readPassphrase(file);
  return stored !== undefined && isPassword(stored, passphrase);
}
