import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Documents } from '../../shared/control-plane/ports.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { sha256 } from '../../shared/kernel/digest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { hashPassword, isPassword, passwordHashSchema } from '../../shared/kernel/password.ts';

/** 8 MiB, the least of OWASP's choices for scrypt (N = 2^13, r = 8, p = 10): the whole process has 64. */
const COST = { N: 2 ** 13, r: 8, p: 10 } as const;

export const MIN_LENGTH = 10;
const MAX_LENGTH = 200;
/** No space, colon or at sign: `by` in the log names one person, and `oidc:` is somebody of an identity provider. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u;

const userSchema = z.object({ password: passwordHashSchema, at: z.number() });
const linkSchema = z.object({ first: z.boolean(), name: z.string().optional() });

/** Milliseconds that a set-up link stands. */
const LINK_LIFE = 60 * 60_000;
const NOBODY = { algorithm: 'scrypt', ...COST, salt: 'AAAAAAAAAAAAAAAAAAAAAA==', hash: `${'A'.repeat(43)}=` } as const;

/** People who sign in with a password, and the one-time links by which they choose it. */
export class Users {
  readonly #documents: Documents;
  readonly #clock: Clock;

  constructor(documents: Documents, clock: Clock) {
    this.#documents = documents;
    this.#clock = clock;
  }

  /** A name that nobody has takes as long as a wrong password: the time tells nothing. */
  async isRight(name: string, password: string): Promise<boolean> {
    const found = userSchema.safeParse(await this.#documents.get('user', name, this.#clock.now())).data;
    const right = await isPassword(found?.password ?? NOBODY, password.slice(0, MAX_LENGTH));
    return right && found !== undefined;
  }

  async isEmpty(): Promise<boolean> {
    return (await this.#documents.list('user', this.#clock.now())).length === 0;
  }

  /** The secret of a link that makes one person, or gives `name` a new password. `first`: only while there is nobody. */
  async link(given: { readonly first: boolean; readonly name?: string }): Promise<string> {
    if (given.name !== undefined) checkName(given.name);
    const secret = randomBytes(24).toString('base64url');
    await this.#documents.put('link', sha256(secret), { ...given }, this.#clock.now() + LINK_LIFE);
    return secret;
  }

  /** What an unused link is for; undefined where it does not count any more. */
  async peek(secret: string): Promise<{ readonly name?: string | undefined } | undefined> {
    const link = linkSchema.safeParse(await this.#documents.get('link', sha256(secret), this.#clock.now())).data;
    if (link === undefined || (link.first && !(await this.isEmpty()))) return undefined;
    return { name: link.name };
  }

  /** Uses a link up. Returns the person's name. */
  async choose(secret: string, given: { readonly name: string; readonly password: string }): Promise<string> {
    const link = await this.peek(secret);
    if (link === undefined) throw usedUp();
    const name = link.name ?? given.name;
    checkName(name);
    checkPassword(given.password);
    const password = await hashPassword(given.password, COST);
    const now = this.#clock.now();
    // Taken last: who mistypes may try again, and of two who hold the same link one gets it.
    const taken = linkSchema.safeParse(await this.#documents.take('link', sha256(secret), now)).data;
    if (taken === undefined || (taken.first && !(await this.isEmpty()))) throw usedUp();
    const user = { password, at: now };
    if (taken.name !== undefined) await this.#documents.put('user', name, user);
    else if (!(await this.#documents.insert('user', name, user))) throw nameTaken(name);
    return name;
  }
}

function usedUp(): OpsError {
  return new OpsError(
    'forbidden',
    'This link does not count any more: it was used, or is older than an hour.',
    'Make a new one where the dashboard runs: k8s-agent dashboard link',
  );
}

function nameTaken(name: string): OpsError {
  return new OpsError(
    'conflict',
    `Somebody is called ${name} already.`,
    `Ask for a new link, and choose another name; for a new password of ${name}: k8s-agent dashboard link ${name}`,
  );
}

function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw new OpsError(
    'invalid_input',
    'That name cannot be used.',
    'Up to 64 letters, digits, dots, hyphens and underscores; the first one a letter or digit.',
  );
}

function checkPassword(password: string): void {
  if (password.length >= MIN_LENGTH && password.length <= MAX_LENGTH) return;
  throw new OpsError(
    'invalid_input',
    `The password has to have ${MIN_LENGTH} to ${MAX_LENGTH} characters.`,
    'Several words are easy to remember and hard to guess.',
  );
}
