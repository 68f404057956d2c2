import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { errnoOf, messageOf, OpsError } from '../../shared/kernel/errors.ts';
import { writeAtomically } from '../files.ts';

export const MIN_LENGTH = 8;

/** 128 MiB and a third of a second on a Raspberry Pi 5: OWASP's first choice for scrypt (N = 2^17, r = 8, p = 1). */
const COST = { N: 2 ** 17, r: 8, p: 1 } as const;

/** `k8s-agent/approver.json`: the cost stands beside the hash, so that it can rise later. */
const fileSchema = z.strictObject({
  version: z.literal(1),
  algorithm: z.literal('scrypt'),
  N: z
    .int()
    .min(2)
    .max(2 ** 20),
  r: z.int().min(1).max(32),
  p: z.int().min(1).max(16),
  salt: z.base64(),
  hash: z.base64(),
});

export async function savePassphrase(file: string, passphrase: string): Promise<void> {
  if (passphrase.length < MIN_LENGTH) {
    throw new OpsError(
      'invalid_input',
      `The passphrase is shorter than ${MIN_LENGTH} characters.`,
      'Choose a longer one.',
    );
  }
  const salt = randomBytes(16);
  const hash = await derive(passphrase, salt, COST);
  const content = {
    version: 1,
    algorithm: 'scrypt',
    ...COST,
    salt: salt.toString('base64'),
    hash: hash.toString('base64'),
  };
  writeAtomically(file, `${JSON.stringify(content)}\n`, 0o600);
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
  if (stored === undefined) return false;
  const { N, r, p } = stored;
  const expected = Buffer.from(stored.hash, 'base64');
  const given = await derive(passphrase, Buffer.from(stored.salt, 'base64'), { N, r, p }, expected.length);
  return timingSafeEqual(given, expected);
}

/** The same passphrase, typed on another keyboard layout's dead keys, has to hash alike: hence the normal form. */
function derive(passphrase: string, salt: Buffer, cost: Readonly<Record<'N' | 'r' | 'p', number>>, length = 32) {
  const maxmem = 256 * cost.N * cost.r;
  return new Promise<Buffer>((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, length, { ...cost, maxmem }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
