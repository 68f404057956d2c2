import { readFile } from 'node:fs/promises';
import { OpsError } from '../../shared/kernel/errors.ts';

const TIMEOUT_MS = 30_000;

/** How to sign in: the value of an Authorization header, or nothing. */
type Authorization = string | undefined;

/** A JSON API of the lab. `path` begins with a slash. Throws an OpsError that says what was answered. */
export class Api {
  readonly #base: string;
  readonly #authorization: Authorization;

  constructor(base: string, authorization?: string) {
    this.#base = base;
    this.#authorization = authorization;
  }

  async call(method: string, path: string, body?: object): Promise<unknown> {
    const response = await this.#send(method, path, body);
    const text = await response.text();
    if (response.ok) return text === '' ? undefined : JSON.parse(text);
    throw new OpsError(
      'rejected_by_backend',
      `${method} ${path} of the lab's ${this.#base} was answered with ${response.status}: ${text.slice(0, 300)}`,
      'See what `npm run lab -- status` says of the lab.',
    );
  }

  /** Whether a thing is there. */
  async has(path: string): Promise<boolean> {
    const response = await this.#send('GET', path);
    await response.text();
    return response.ok;
  }

  #send(method: string, path: string, body?: object): Promise<Response> {
    return fetch(this.#base + path, {
      method,
      headers: {
        'Content-Type': 'application/json',
        ...(this.#authorization !== undefined && { Authorization: this.#authorization }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }
}

/** Where an API is, and the file with its token. */
export interface Access {
  readonly url: string;
  readonly tokenFile: string;
}

export async function giteaApi({ url, tokenFile }: Access): Promise<Api> {
  return new Api(`${url}/api/v1`, `token ${await readFile(tokenFile, 'utf8')}`);
}

export async function argocdApi({ url, tokenFile }: Access): Promise<Api> {
  return new Api(`${url}/api/v1`, `Bearer ${await readFile(tokenFile, 'utf8')}`);
}
