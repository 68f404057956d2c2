import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { MAX_BODY, type Route } from '../../shared/control-plane/api.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { parseJson } from '../../shared/kernel/json.ts';
import { type Caller, demand } from '../auth/caller.ts';
import { tooLarge } from '../problem.ts';
import { Turns } from '../turns.ts';

type Parsed<T> = T extends z.ZodType ? z.output<T> : undefined;

/** A request that has been let in and parsed. */
interface Asked<R extends Route> {
  readonly c: Context;
  readonly caller: Caller;
  /** The `:id` of the path. */
  readonly id: string;
  readonly query: Parsed<R['query']>;
  readonly body: Parsed<R['body']>;
}

/** Answers with JSON, or with a response of its own. */
export type Handler<R extends Route> = (asked: Asked<R>) => Promise<z.input<R['answer']> | Response>;

/** Bytes from which a body takes its turn: what it becomes in memory is some times as large. */
const LARGE = 64 * 1024;
const large = new Turns();
const LIMIT = bodyLimit({ maxSize: MAX_BODY, onError: () => tooLarge(MAX_BODY) });

/** Puts a route of the table on the server: who may, then how much, then what. Nothing of a body is read before the first is settled. */
export function serve<R extends Route>(app: Hono, route: R, handle: Handler<R>): void {
  app.on(
    route.method,
    route.path,
    async (c, next) => {
      demand(c, route.role);
      const isLarge = route.body !== undefined && Number(c.req.header('content-length') ?? Infinity) > LARGE;
      await (isLarge ? large.take(next) : next());
    },
    LIMIT,
    async (c) => {
      const caller = demand(c, route.role);
      const query = parse<R['query']>(route.query, withoutFormat(c.req.query()), 'query');
      const body = parse<R['body']>(route.body, route.body && (await bodyOf(c)), 'body');
      const answer = await handle({ c, caller, id: c.req.param('id') ?? '', query, body });
      return answer instanceof Response ? answer : c.json(answer ?? null);
    },
  );
}

/** `format` chooses how an answer is written, not what is in it. */
function withoutFormat({ format: _, ...query }: Record<string, string>): Record<string, string> {
  return query;
}

export function isForm(c: Context): boolean {
  return c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded') ?? false;
}

async function bodyOf(c: Context): Promise<unknown> {
  if (isForm(c)) return fromForm(Object.entries(await c.req.parseBody()));
  if (!/^application\/json\b/.test(c.req.header('content-type') ?? '')) {
    throw new OpsError('invalid_input', 'The body is not JSON.', 'Send “Content-Type: application/json”.');
  }
  const body = parseJson(await c.req.text());
  if (body === undefined) throw new OpsError('invalid_input', 'The body is not JSON.', 'Repair it, and send it again.');
  return body;
}

/** A form of a page as the same route's JSON: `inputs.name` goes into `inputs`, and a field that was left empty is not there. */
function fromForm(fields: readonly (readonly [string, unknown])[]): unknown {
  const given = fields.filter(([name, value]) => name !== 'csrf' && typeof value === 'string' && value !== '');
  const inputs = given.flatMap(([name, value]) => (name.startsWith('inputs.') ? [[name.slice(7), value]] : []));
  const plain = given.filter(([name]) => !name.startsWith('inputs.'));
  return {
    ...Object.fromEntries(plain),
    ...(plain.some(([name]) => name === 'workflow') && { inputs: Object.fromEntries(inputs) }),
  };
}

/** `T` is the type of `schema`. */
function parse<T>(schema: z.ZodType | undefined, value: unknown, where: string): Parsed<T>;
function parse(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const what = z.prettifyError(parsed.error).replaceAll('\n', ' ').slice(0, 500);
  throw new OpsError(
    'invalid_input',
    `The ${where} cannot be taken: ${what}`,
    'docs/openapi.gen.json says what it takes.',
  );
}
