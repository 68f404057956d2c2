import { analyzeSync, Liquid, type Template as Node, Tokenizer, TokenKind, type VariableLocation } from 'liquidjs';
import { messageOf, OpsError } from '../kernel/errors.ts';
import { isObject, type Json } from '../kernel/json.ts';
import { nearest } from './problem.ts';

/** What a template may name. Nothing else can be reached from it. */
export type Scope = Readonly<Record<string, Json>>;

/** Characters of a template, and of what comes out of it. */
const PARSE_LIMIT = 50_000;
const MAX_OUTPUT = 200_000;
/** Liquid's own unit: about one for a character or an element that a filter or a range makes. */
const MEMORY_LIMIT = 1_000_000;
/** Milliseconds. The memory limit stops a bomb first; this one stops what allocates nothing. */
const RENDER_LIMIT = 1_000;

/** Tags that read other files, or that keep state between two outputs. */
const NO_TAGS = ['include', 'render', 'layout', 'block', 'cycle', 'increment', 'decrement', 'tablerow', 'liquid'];

/** Filters that always give the same for the same input, and evaluate no text as an expression. */
const FILTERS =
  'abs append at_least at_most capitalize ceil compact concat default divided_by downcase escape first floor has join json last lstrip map minus modulo number_of_words plus prepend reject remove remove_first replace replace_first reverse round rstrip size slice sort split squish strip strip_newlines sum times truncate truncatewords uniq upcase url_encode where'.split(
    ' ',
  );

/** A name that a template uses, as the path that it is read by. A part that is computed at run time is undefined. */
export interface Reference {
  readonly path: readonly (string | number | undefined)[];
  readonly row: number;
  readonly column: number;
}

export interface TemplateProblem {
  readonly row: number;
  readonly column: number;
  readonly reason: string;
  readonly hint?: string;
}

function engine(options: object): Liquid {
  const liquid = new Liquid({
    strictVariables: true,
    strictFilters: true,
    // `{{ x | default: 'y' }}` and `{% if x %}` may ask for what is not there.
    lenientIf: true,
    ownPropertyOnly: true,
    templates: {},
    parseLimit: PARSE_LIMIT,
    renderLimit: RENDER_LIMIT,
    memoryLimit: MEMORY_LIMIT,
    ...options,
  });
  for (const tag of NO_TAGS) delete liquid.tags[tag];
  for (const filter of Object.keys(liquid.filters)) if (!FILTERS.includes(filter)) liquid.unregisterFilter(filter);
  return liquid;
}

/** One expression alone keeps its type; within a text, an object or a list is written as JSON. */
const typed = engine({ keepOutputType: true });
const textual = engine({
  outputEscape: (value: unknown) => (isObject(value) || Array.isArray(value) ? JSON.stringify(value) : value),
});

const SYNTAX = 'Texts stand in quotes; operators: == != > < >= <= contains and or not.';
const OPEN = '{{';
const CLOSE = '}}';

/** Whether a text has anything to evaluate. */
export function isTemplate(text: string): boolean {
  return text.includes(OPEN) || text.includes('{%');
}

/** Whether a text is one expression and nothing else, so that its value keeps its type. */
export function isExpression(text: string): boolean {
  const [only, second] = topLevel(text.trim());
  return only?.kind === TokenKind.Output && second === undefined;
}

/** What is wrong with a template as such, and the names that it uses. */
export function analyse(text: string): { readonly problems: TemplateProblem[]; readonly references: Reference[] } {
  try {
    const nodes = typed.parse(text);
    return { problems: leftovers(text), references: referencesOf(nodes) };
  } catch (error) {
    return { problems: [syntaxProblem(error)], references: [] };
  }
}

/** The value of a template. Throws an `OpsError` that names what is missing. */
export function evaluate(text: string, scope: Scope): Json {
  if (!isTemplate(text)) return text;
  const whole = isExpression(text);
  try {
    const liquid = whole ? typed : textual;
    const value: unknown = liquid.renderSync(liquid.parse(whole ? text.trim() : text), scope);
    const json: Json = value === undefined ? null : JSON.parse(sized(JSON.stringify(value)));
    return json;
  } catch (error) {
    const { reason, hint } = syntaxProblem(error);
    const shown = text.length > 80 ? `${text.slice(0, 79)}…` : text;
    throw new OpsError('invalid_input', `${shown.trim()}: ${reason}.`, hint ?? 'Nothing was run with it.', {
      cause: error,
    });
  }
}

/** Evaluates every text in a value. */
export function evaluateDeep(value: Json, scope: Scope): Json {
  if (typeof value === 'string') return evaluate(value, scope);
  if (isList(value)) return value.map((item) => evaluateDeep(item, scope));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, evaluateDeep(item, scope)]));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function sized(json: string): string {
  if (json.length > MAX_OUTPUT) throw new Error(`it gives more than ${MAX_OUTPUT} characters`);
  return json;
}

function topLevel(text: string) {
  try {
    return new Tokenizer(text, typed.options.operators).readTopLevelTokens();
  } catch {
    return [];
  }
}

/** Liquid skips what it does not understand behind a value (`{{ steps.a b }}`); a typing error must not vanish. */
function leftovers(text: string): TemplateProblem[] {
  return topLevel(text).flatMap((token) => {
    if (token.kind !== TokenKind.Output) return [];
    const [begin, end] = [token.begin + OPEN.length, token.end - CLOSE.length];
    const value = new Tokenizer(text, typed.options.operators, undefined, [begin, end]).readFilteredValue();
    const rest = text.slice(value.end, end).replace(/-$/, '');
    const trailing = /\.\s*$/.test(text.slice(begin, value.end)) ? '.' : rest.trim();
    if (trailing === '') return [];
    const offset = rest.trim() === '' ? value.end - 1 : value.end + rest.search(/\S/);
    return [{ ...positionOf(text, offset), reason: `"${trailing}" is not understood`, hint: SYNTAX }];
  });
}

function positionOf(text: string, offset: number): { readonly row: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { row: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function referencesOf(nodes: Node[]): Reference[] {
  const { globals } = analyzeSync(nodes, { partials: false });
  return Object.values(globals)
    .flat()
    .map(({ segments, location }) => ({
      path: segments.map((segment) => (typeof segment === 'object' ? undefined : segment)),
      ...positionIn(location),
    }));
}

function positionIn({ row, col }: VariableLocation) {
  return { row, column: col };
}

/** Liquid's message without its context; the position is told apart. */
function syntaxProblem(error: unknown): TemplateProblem {
  const [message = ''] = messageOf(error).split('\n');
  const found = /^(?<reason>.*?)(?:, line:(?<row>\d+), col:(?<column>\d+))?$/.exec(message)?.groups ?? {};
  const reason = (found.reason ?? message).replace(
    'expected "|" before filter',
    'what stands behind the value is no filter',
  );
  const filter = /^undefined filter: (.*)$/.exec(reason)?.[1];
  const tag = /^tag "(.*)" not found$/.exec(reason)?.[1];
  const names = filter ? nearest(filter, FILTERS) : tag ? nearest(tag, Object.keys(typed.tags)) : undefined;
  const hint = names ?? (reason.startsWith('what stands') ? SYNTAX : undefined);
  return { row: Number(found.row ?? 1), column: Number(found.column ?? 1), reason, ...(hint && { hint }) };
}
