import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { z } from 'zod';
import type { Documents } from '../../shared/control-plane/ports.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { sha256 } from '../../shared/kernel/digest.ts';
import { type Caller, callerOf } from './caller.ts';

/** The person who has signed in. */
export function currentUser(c: Context): { readonly name: string } | undefined {
  const caller = callerOf(c);
  return caller?.kind === 'person' ? { name: caller.name } : undefined;
}

/** Goes into every form, and as `X-CSRF-Token` with every other change; empty where nobody has signed in. */
export function csrfToken(c: Context): string {
  const caller = callerOf(c);
  return caller?.kind === 'person' ? caller.csrf : '';
}

const COOKIE = 'session';
const KIND = 'session';
const sessionSchema = z.object({ name: z.string(), at: z.number() });

export interface SessionOptions {
  /** Milliseconds from the login on. */
  readonly life: number;
  /** Browsers reach it by https: the cookie is bound to that. */
  readonly secure: boolean;
}

/** Logins. The cookie holds a random token, the store its hash: who reads the store cannot sign in with it. */
export class Sessions {
  readonly #documents: Documents;
  readonly #clock: Clock;
  readonly #options: SessionOptions;

  constructor(documents: Documents, clock: Clock, options: SessionOptions) {
    this.#documents = documents;
    this.#clock = clock;
    this.#options = options;
  }

  /** Always a new one: a token that somebody planted in the browser before the login is worth nothing after it. */
  async begin(c: Context, name: string): Promise<void> {
    await this.end(c);
    const { life, secure } = this.#options;
    const token = randomBytes(32).toString('base64url');
    const at = this.#clock.now();
    await this.#documents.put(KIND, sha256(token), { name, at }, at + life);
    // Lax: a link in a notification has to find its reader signed in.
    setCookie(c, COOKIE, token, {
      ...this.#prefix,
      path: '/',
      httpOnly: true,
      sameSite: 'Lax',
      secure,
      maxAge: Math.floor(life / 1000),
    });
  }

  async caller(c: Context): Promise<Caller | undefined> {
    const token = this.#token(c);
    if (token === undefined) return undefined;
    const found = sessionSchema.safeParse(await this.#documents.get(KIND, sha256(token), this.#clock.now()));
    // Derived, so that it needs no place of its own: the token cannot be worked out from it.
    return found.success ? { kind: 'person', name: found.data.name, csrf: sha256(`csrf ${token}`) } : undefined;
  }

  async end(c: Context): Promise<void> {
    const token = this.#token(c);
    if (token === undefined) return;
    await this.#documents.take(KIND, sha256(token), this.#clock.now());
    deleteCookie(c, COOKIE, { ...this.#prefix, path: '/', secure: this.#options.secure });
  }

  /** Signs a person out everywhere. */
  async endAll(name: string): Promise<void> {
    const now = this.#clock.now();
    for (const { key, value } of await this.#documents.list(KIND, now)) {
      if (sessionSchema.safeParse(value).data?.name === name) await this.#documents.take(KIND, key, now);
    }
  }

  #token(c: Context): string | undefined {
    return this.#options.secure ? getCookie(c, COOKIE, 'host') : getCookie(c, COOKIE);
  }

  get #prefix() {
    return this.#options.secure ? ({ prefix: 'host' } as const) : {};
  }
}
