import { closest } from 'fastest-levenshtein';
import { path } from '../../shared/http/path.ts';
import { isStatus, type Rest } from '../../shared/http/rest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, isObject, stringAt } from '../../shared/kernel/json.ts';
import { type Series, seriesOf } from './series.ts';

/** Series of one answer at most: more is a question that has to be narrowed. */
const MAX_SERIES = 1000;

/** Seconds that Prometheus may think about one expression. */
const TIMEOUT = '20s';

export interface Range {
  /** Milliseconds since the epoch, and between two points. */
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** Evaluates an expression at one time (milliseconds since the epoch). */
export async function evaluate(
  prometheus: Rest,
  query: string,
  at: number,
  signal: AbortSignal,
): Promise<readonly Series[]> {
  const read = {
    path: path`/api/v1/query`,
    query: { query, time: at / 1000, timeout: TIMEOUT, limit: MAX_SERIES },
    what: 'query',
  };
  return seriesOf(await prometheus.get(read, signal).catch((error: unknown) => positioned(query, error)));
}

export async function evaluateRange(
  prometheus: Rest,
  query: string,
  { start, end, step }: Range,
  signal: AbortSignal,
): Promise<readonly Series[]> {
  const read = {
    path: path`/api/v1/query_range`,
    query: { query, start: start / 1000, end: end / 1000, step: step / 1000, timeout: TIMEOUT, limit: MAX_SERIES },
    what: 'query_range',
  };
  return seriesOf(await prometheus.get(read, signal).catch((error: unknown) => positioned(query, error)));
}

/** Prometheus says where an expression is wrong (`1:9: parse error: ...`): that place is shown. */
function positioned(query: string, error: unknown): never {
  if (!(error instanceof OpsError) || !isStatus(error, 400)) throw error;
  const match = /(?<line>\d+):(?<column>\d+): (?<problem>parse error: .*?)(?: \(HTTP 400\))?\.$/.exec(error.message);
  const { line, column, problem } = match?.groups ?? {};
  if (line === undefined || column === undefined) throw error;
  const text = query.split('\n')[Number(line) - 1] ?? '';
  const pointer = `${' '.repeat(Math.max(0, Number(column) - 1))}^`;
  throw new OpsError(
    'invalid_input',
    `The PromQL is wrong at line ${line}, column ${column}: ${problem}.\n${text}\n${pointer}\n`,
    'Correct it there.',
    { cause: error },
  );
}

/** Why an expression has no result, as far as Prometheus itself can tell. */
export async function whyEmpty(prometheus: Rest, query: string, signal: AbortSignal): Promise<string> {
  const selectors = await selectorsOf(prometheus, query, signal);
  if (selectors.length === 0) return 'No series match now.';
  const names = (await labelValues(prometheus, '__name__', [], signal)).filter(Boolean);
  const lost = selectors.find(({ name }) => name !== '' && !names.includes(name));
  if (lost !== undefined) {
    return `There is no metric "${lost.name}"${names.length > 0 ? `; did you mean "${closest(lost.name, [...names])}"?` : '.'} find_metrics looks for others.`;
  }
  for (const { name, matchers } of selectors) {
    for (const matcher of matchers.filter(({ type, name: label }) => type === '=' && label !== '__name__')) {
      const values = await labelValues(prometheus, matcher.name, name === '' ? [] : [name], signal);
      if (values.includes(matcher.value)) continue;
      const known =
        values.length === 0 ? `${name} has no label ${matcher.name}` : `it has: ${values.slice(0, 15).join(', ')}`;
      return `No series of ${name} has ${matcher.name}="${matcher.value}"; ${known}.`;
    }
  }
  return 'Its metrics exist, and no series pass the conditions now. A comparison without `bool` keeps only those for which it is true.';
}

interface Selector {
  readonly name: string;
  readonly matchers: readonly { readonly name: string; readonly type: string; readonly value: string }[];
}

/** The selectors of an expression by Prometheus' own parser; none where its version cannot tell. */
async function selectorsOf(prometheus: Rest, query: string, signal: AbortSignal): Promise<readonly Selector[]> {
  const read = { path: path`/api/v1/parse_query`, query: { query }, what: 'parse' };
  const tree = await prometheus.get(read, signal).catch((error: unknown) => {
    if (error instanceof OpsError && error.code !== 'cancelled') return undefined;
    throw error;
  });
  return walk(isObject(tree) ? tree.data : undefined);
}

function walk(node: unknown): readonly Selector[] {
  if (Array.isArray(node)) return node.flatMap(walk);
  if (!isObject(node)) return [];
  const children = Object.entries(node).flatMap(([key, value]) => (key === 'matchers' ? [] : walk(value)));
  if (node.type !== 'vectorSelector' && node.type !== 'matrixSelector') return children;
  const matchers = arrayAt(node, 'matchers').map((one) => ({
    name: stringAt(one, 'name') ?? '',
    type: stringAt(one, 'type') ?? '',
    value: stringAt(one, 'value') ?? '',
  }));
  return [{ name: stringAt(node, 'name') ?? '', matchers }, ...children];
}

export async function labelValues(
  prometheus: Rest,
  label: string,
  match: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const read = { path: path`/api/v1/label/${label}/values`, query: { 'match[]': match }, what: `values of ${label}` };
  return arrayAt(await prometheus.get(read, signal), 'data').map(String);
}
