import type { z } from 'zod';
import type { ActionFilter } from '../../shared/control-plane/ports.ts';
import { actionFilterSchema } from '../../shared/control-plane/schemas.ts';

/** As a form sends it: every field there, most of them empty, times as the browser writes them. */
export type Query = Readonly<Record<string, string>>;

const FIELDS = ['agent', 'workflow', 'run', 'tier', 'server', 'tool', 'outcome', 'text', 'from', 'until', 'before'];
const TIMES = ['from', 'until'];

export type Parsed = { readonly filter: ActionFilter } | { readonly problem: string };

export function parseFilter(query: Query): Parsed {
  const entries = Object.entries(given(query)).map(([key, value]) => [key, TIMES.includes(key) ? utc(value) : value]);
  const { success, data, error } = actionFilterSchema.safeParse(Object.fromEntries(entries));
  return success ? { filter: data } : { problem: problemOf(error) };
}

/** The filled in fields of a query, without those that are none of ours. */
function given(query: Query): Query {
  return Object.fromEntries(
    Object.entries(query).filter(([key, value]) => FIELDS.includes(key) && value.trim() !== ''),
  );
}

/** The same filter in a link; `before` is where the next page begins. */
export function queryText(query: Query, before?: string): string {
  const { before: _, ...rest } = given(query);
  const text = new URLSearchParams({ ...rest, ...(before !== undefined && { before }) }).toString();
  return text === '' ? '' : `?${text}`;
}

/** A browser's `datetime-local` has no zone; the form says that it is UTC, as the log is. */
function utc(text: string): number {
  return Date.parse(text.endsWith('Z') ? text : `${text}Z`);
}

function problemOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}
