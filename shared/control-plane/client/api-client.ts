import type { z } from 'zod';
import { statusFacts } from '../../http/answers.ts';
import type { Backend } from '../../http/backend.ts';
import { LIMITS } from '../../http/failure.ts';
import type { HttpResponse, Query } from '../../http/send.ts';
import { type ErrorCode, OpsError } from '../../kernel/errors.ts';
import { parseJson } from '../../kernel/json.ts';
import { once } from '../../kernel/once.ts';
import { maskText } from '../../kernel/secrets.ts';
import { oneLine } from '../../kernel/text.ts';
import { errorSchema, type Route } from '../api.ts';

interface Call {
  /** What stands for `:id`. */
  readonly id?: string;
  readonly query?: Query;
  /** Checked by the server against the route's schema. */
  readonly body?: unknown;
  /** Milliseconds that the server may hold the request; a long poll says how many. */
  readonly wait?: number;
  /** Milliseconds after which the request is given up, where the usual ones are too many. */
  readonly within?: number;
  readonly signal?: AbortSignal;
}

const NEVER = new AbortController().signal;

/** Codes of errors after which a request may have been carried out, and may not. */
const UNCERTAIN: readonly ErrorCode[] = ['unreachable', 'timeout'];

/** The dashboard's API, typed by its table of routes. */
export class ApiClient {
  readonly #backend: () => Promise<Backend>;

  /** `open` runs on first use: an address that is wrong never stops a server from starting. */
  constructor(open: () => Promise<Backend>) {
    this.#backend = once(open);
  }

  /** Throws an OpsError: the dashboard's own, or what kept it from answering. */
  async call<T>(route: Route & { readonly answer: z.ZodType<T> }, call: Call = {}): Promise<T> {
    const backend = await this.#backend();
    const response = await this.#send(backend, route, call);
    if (response.status < 200 || response.status > 299) throw refusal(backend, route, response);
    const answer = route.answer.safeParse(parseJson(response.text));
    if (answer.success) return answer.data;
    throw new OpsError(
      'rejected_by_backend',
      `${route.method} ${route.path}: ${backend.label} answered something else than this version expects.`,
      `Something else may answer there, as a proxy, or a dashboard of another version. ${backend.howToSet}`,
      { cause: answer.error },
    );
  }

  /** HTTP is loaded with the first request. */
  async #send(backend: Backend, { method, path }: Route, call: Call): Promise<HttpResponse> {
    const { send } = await import('../../http/send.ts');
    const { wait = 0, within, signal = NEVER, query, body } = call;
    return send(backend, {
      method,
      path: path.replace(':id', () => encodeURIComponent(call.id ?? '')),
      ...(query && { query }),
      ...(body !== undefined && { body }),
      limits: { idle: (within ?? LIMITS.idle) + wait, total: (within ?? LIMITS.total) + wait },
      signal,
    });
  }
}

/** Whether a request may have been carried out although its answer is missing. */
export function isUncertain(error: unknown): boolean {
  return error instanceof OpsError && UNCERTAIN.includes(error.code);
}

/** The dashboard's errors are in our words; they came over a wire, so they are cut and masked like every other text. */
function refusal(backend: Backend, { method, path }: Route, { status, text }: HttpResponse): OpsError {
  const said = errorSchema.safeParse(parseJson(text));
  const clean = (words: string) => oneLine(maskText(backend.mask(words)), 600);
  if (said.success) {
    const { code, message, hint } = said.data.error;
    return new OpsError(code, clean(message), clean(hint));
  }
  const message = `${method} ${path}: ${backend.label} answered ${status}.`;
  // A proxy that finds no dashboard behind it: nothing is known of what was asked for, least of all that it is not there.
  if (status >= 500 || status === 404 || status === 429)
    return new OpsError('unreachable', message, backend.hints.unreachable);
  const [code, hint] = statusFacts(status, backend);
  return new OpsError(code, message, hint);
}
