import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Documents } from '../../shared/control-plane/ports.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { sha256 } from '../../shared/kernel/digest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { newId } from '../../shared/kernel/ids.ts';

/** `agent`: the servers of a machine. `daemon`: what an agent may, and reading the inbox, publishing and starting runs. */
export const TOKEN_ROLES = ['agent', 'daemon'] as const;
export type TokenRole = (typeof TOKEN_ROLES)[number];

const tokenSchema = z.object({ id: z.string(), name: z.string(), role: z.enum(TOKEN_ROLES), at: z.number() });
/** What is kept of a token: all but the token. */
export type TokenInfo = Readonly<z.output<typeof tokenSchema>>;

const KIND = 'token';
/** So that scanners for secrets, and people, know what they have found. */
const PREFIX = 'k8sagent_';

/** Tokens of programs. The store has their hashes: a token is random, so that a plain one is enough. */
export class Tokens {
  readonly #documents: Documents;
  readonly #clock: Clock;

  constructor(documents: Documents, clock: Clock) {
    this.#documents = documents;
    this.#clock = clock;
  }

  /** The one time that the token itself is seen. */
  async create(name: string, role: TokenRole): Promise<TokenInfo & { readonly token: string }> {
    const token = `${PREFIX}${randomBytes(32).toString('base64url')}`;
    const info = { id: newId('tk'), name, role, at: this.#clock.now() };
    await this.#documents.put(KIND, sha256(token), info);
    return { ...info, token };
  }

  async find(token: string): Promise<TokenInfo | undefined> {
    if (!token.startsWith(PREFIX)) return undefined;
    return tokenSchema.safeParse(await this.#documents.get(KIND, sha256(token), this.#clock.now())).data;
  }

  /** Oldest first. */
  async list(): Promise<readonly TokenInfo[]> {
    const found = await this.#documents.list(KIND, this.#clock.now());
    return found.map(({ value }) => tokenSchema.parse(value)).sort((a, b) => a.at - b.at);
  }

  /** It counts no more from the next request on. */
  async revoke(id: string): Promise<TokenInfo> {
    const now = this.#clock.now();
    for (const { key, value } of await this.#documents.list(KIND, now)) {
      const info = tokenSchema.parse(value);
      if (info.id !== id) continue;
      await this.#documents.take(KIND, key, now);
      return info;
    }
    throw new OpsError('not_found', `No token has the id ${id}.`, 'List them: k8s-agent token list');
  }
}
