import { Liquid, Tokenizer, TokenKind } from 'liquidjs';
import { messageOf } from '../kernel/errors.ts';
import { isObject } from '../kernel/json.ts';
import { nearest } from './problem.ts';

/** Characters of a template. */
const PARSE_LIMIT = 50_000;
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
export const typed = engine({ keepOutputType: true });
export const textual = engine({
  outputEscape: (value: unknown) => (isObject(value) || Array.isArray(value) ? JSON.stringify(value) : value),
});

export const SYNTAX = 'Texts stand in quotes; operators: == != > < >= <= contains and or not.';
export const OPEN = '{{';
export const CLOSE = '}}';

/** Whether a text has anything to evaluate. */
export function isTemplate(text: string): boolean {
  return text.includes(OPEN) || text.includes('{%');
}

/** Whether a text is one expression and nothing else, so that its value keeps its type. */
export function isExpression(text: string): boolean {
  const [only, second] = topLevel(text.trim());
  return only?.kind === TokenKind.Output && second === undefined;
}

/** Its texts, outputs and tags, flat; nothing where it cannot be read. */
export function topLevel(text: string) {
  try {
    return new Tokenizer(text, typed.options.operators).readTopLevelTokens();
  } catch {
    return [];
  }
}

/** Liquid's message without its context; the position is told apart. */
export function syntaxProblem(error: unknown): TemplateProblem {
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
