import timers from 'node:timers/promises';
import { demand, type Permit } from '../gate/permit.ts';
import { type ErrorCode, OpsError } from '../kernel/errors.ts';
import { once } from '../kernel/once.ts';
import { maskText } from '../kernel/secrets.ts';
import { oneLine } from '../kernel/text.ts';
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
    const said = oneLine(maskText(this.#dialect.messageOf(parseOr(text)) ?? ''), 600).replace(/\.$/, '');
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

function statusFacts(status: number, { name, howToSet }: Backend): readonly [ErrorCode, string] {
  switch (status) {
    case 401:
      return ['unauthorized', `${name} does not accept the credentials. ${howToSet}`];
    case 403:
      return ['unauthorized', `The account of this server has no right to it: a person can grant it in ${name}.`];
    case 404:
      return ['not_found', 'Check the name; list what there is.'];
    case 409:
      return ['conflict', 'It changed meanwhile, or exists already: look at it again, then call again.'];
    case 400:
    case 422:
      return ['rejected_by_backend', 'Correct the request as the message says.'];
    default:
      return status >= 500 || status === 429
        ? ['rejected_by_backend', `${name} has a problem of its own: try again later, and see its log.`]
        : ['rejected_by_backend', `See the log of ${name}.`];
  }
}

function redirected({ label, howToSet }: Backend, { status, location }: HttpResponse): OpsError {
  const target = URL.parse(location ?? '')?.origin ?? 'another address';
  return new OpsError(
    'unreachable',
    `${label} sends us to ${oneLine(target, 200)} (HTTP ${status}). Redirects are not followed: the credentials would go with them.`,
    `If that is the right address, set it. ${howToSet}`,
  );
}

function parseOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function jsonOf({ text, cut }: HttpResponse, { label, howToSet }: Backend, what: string): unknown {
  if (cut) throw new OpsError('too_large', `${what}: the answer of ${label} is too large.`, 'Narrow the question.');
  const value = parseOr(text);
  if (value !== undefined) return value;
  const hint = `Something else may answer there, as a proxy or a sign-in page. ${howToSet}`;
  throw new OpsError('rejected_by_backend', `${what}: the answer of ${label} is not JSON.`, hint);
}
