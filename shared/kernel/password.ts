import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** A password that cannot be read back. The cost stands beside the hash, so that it can rise later. */
export const passwordHashSchema = z.strictObject({
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
export type PasswordHash = Readonly<z.output<typeof passwordHashSchema>>;

export async function hashPassword(password: string, cost: Cost): Promise<PasswordHash> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, cost);
  return { algorithm: 'scrypt', ...cost, salt: salt.toString('base64'), hash: hash.toString('base64') };
}

export async function isPassword(stored: PasswordHash, password: string): Promise<boolean> {
  const expected = Buffer.from(stored.hash, 'base64');
  const given = await derive(password, Buffer.from(stored.salt, 'base64'), stored, expected.length);
  return timingSafeEqual(given, expected);
}

/** The same password, typed on another keyboard layout's dead keys, has to hash alike: hence the normal form. */
function derive(password: string, salt: Buffer, { N, r, p }: Cost, length = 32): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, length, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
