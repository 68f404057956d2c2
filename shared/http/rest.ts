import timers from 'node:timers/promises';
import { demand, type Permit } from '../gate/permit.ts';
import { OpsError } from '../kernel/errors.ts';
import { parseJson } from '../kernel/json.ts';
import { once } from '../kernel/once.ts';
import { maskText } from '../kernel/secrets.ts';
import { oneLine } from '../kernel/text.ts';
import { jsonOf, redirected, statusFacts } from './answers.ts';
import type { Backend } from './backend.ts';
import { LIMITS, type Limits } from './failure.ts';
import type { HttpRequest, HttpResponse, Query } from './send.ts';

/** A read. `path` comes from the template in `path.ts`. */
export interface RestRead {
  readonly path: string;
  readonly query?: Query;
  /** What is read, as an error names it: `application shop`. */
  readonly what: string;
  readonly accept?: string;
  readonly maxBytes?: number;
  /** Sent once only: what overloads a backend would overload it again. */
  readonly once?: boolean;
}

export interface RestChange extends RestRead {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
}

/** An answer that is not 2xx. */
class HttpError extends OpsError {
  readonly status: number;

  constructor(status: number, ...rest: ConstructorParameters<typeof OpsError>) {
    super(...rest);
    this.status = status;
  }
}

/** How a backend words its errors: the message in the body, and what to do about it where that is known better. */
export interface Dialect {
  readonly messageOf: (body: unknown) => string | undefined;
  readonly explain?: (status: number, message: string) => OpsError | undefined;
  /** POSTs that only read, by their path: the one thing that is sent with a body and without a Permit. */
  readonly readsByPost?: RegExp;
}

/** Milliseconds before a read is tried again, after the backend was overloaded or starting. Changes never are. */
const PAUSES = [200, 800];
const PASSING = [429, 502, 503, 504];

/** A JSON API behind one address. Reads are free; a change demands a Permit. */
export class Rest {
  readonly backend: () => Promise<Backend>;
  readonly #dialect: Dialect;
  readonly #limits: Limits;

  /** `open` runs on first use: what is missing or broken never stops a server from starting. */
  constructor(open: () => Promise<Backend>, dialect: Dialect, limits: Limits = LIMITS) {
    this.backend = once(open);
    this.#dialect = dialect;
    this.#limits = limits;
  }

  /** The parsed JSON of an answer. */
  async get(read: RestRead, signal: AbortSignal): Promise<unknown> {
    return jsonOf(await this.#read(read, signal), await this.backend(), read.what);
  }

  /** The same for a read that the backend takes as a POST. */
  async post(read: RestRead & { readonly body: unknown }, signal: AbortSignal): Promise<unknown> {
    const { what, ...request } = read;
    if (!this.#dialect.readsByPost?.test(read.path)) throw new Error(`no read: POST ${read.path}`);
    const response = await this.#ensureOk(await this.#send({ ...request, method: 'POST', signal }), what);
    return jsonOf(response, await this.backend(), what);
  }

  /** An answer that is not JSON: a file, a log, a diff. */
  async getText(read: RestRead, signal: AbortSignal): Promise<{ readonly text: string; readonly cut: boolean }> {
    return this.#read({ accept: '*/*', ...read }, signal);
  }

  /** Makes a change and returns the parsed JSON of the answer; undefined where there is none. */
  async change(permit: Permit, change: RestChange): Promise<unknown> {
    const { what, ...request } = change;
    const response = await this.#ensureOk(await this.#send({ ...request, signal: demand(permit) }), what);
    return response.text === '' ? undefined : jsonOf(response, await this.backend(), what);
  }

  async #read({ what, once, ...request }: RestRead, signal: AbortSignal): Promise<HttpResponse> {
    for (const pause of once === true ? [] : PAUSES) {
      const response = await this.#send({ ...request, method: 'GET', signal });
      if (!PASSING.includes(response.status)) return this.#ensureOk(response, what);
      await timers.setTimeout(pause, undefined, { signal }).catch(() => undefined);
    }
    return this.#ensureOk(await this.#send({ ...request, method: 'GET', signal }), what);
  }

  /** HTTP is loaded with the first request. */
  async #send(request: HttpRequest): Promise<HttpResponse> {
    const [backend, { send }] = await Promise.all([this.backend(), import('./send.ts')]);
    const response = await send(backend, { ...request, limits: this.#limits });
    return { ...response, text: backend.mask(response.text) };
  }

  async #ensureOk(response: HttpResponse, what: string): Promise<HttpResponse> {
    const { status, text } = response;
    if (status >= 200 && status < 300) return response;
    const backend = await this.backend();
    if (status >= 300 && status < 400) throw redirected(backend, response);
    const said = oneLine(maskText(this.#dialect.messageOf(parseJson(text)) ?? ''), 600).replace(/\.$/, '');
    const explained = this.#dialect.explain?.(status, said);
    if (explained !== undefined) throw explained;
    const [code, hint] = statusFacts(status, backend);
    const message = `${what}: ${said || `${backend.label} answered ${status}`} (HTTP ${status}).`;
    throw new HttpError(status, code, message, hint);
  }
}

export function isStatus(error: unknown, status: number): boolean {
  return error instanceof HttpError && error.status === status;
}
