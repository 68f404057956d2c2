import { path } from '../../shared/http/path.ts';
import { isStatus, type Rest } from '../../shared/http/rest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt } from '../../shared/kernel/json.ts';
import { oneLine } from '../../shared/kernel/text.ts';
import { type Series, seriesOf } from './series.ts';

/** Series of one answer at most: more is a question that has to be narrowed. */
const MAX_SERIES = 1000;

/** Points of one answer at most, over all its series. */
const MAX_POINTS = 250_000;

/** Seconds that Prometheus may think about one expression: less than we wait for a first byte, so that it says why. */
const TIMEOUT = '12s';

export interface Range {
  /** Milliseconds since the epoch, and between two points. */
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

export interface Evaluated {
  readonly series: readonly Series[];
  /** What Prometheus has to say about the expression or its answer: that it was cut, that a counter is none. */
  readonly notes: readonly string[];
}

/** Evaluates an expression at one time (milliseconds since the epoch). */
export function evaluate(prometheus: Rest, query: string, at: number, signal: AbortSignal): Promise<Evaluated> {
  const time = { time: at / 1000, limit: MAX_SERIES };
  return answerOf(prometheus, { path: path`/api/v1/query`, what: 'query', query: { query, ...time } }, signal);
}

export function evaluateRange(
  prometheus: Rest,
  query: string,
  { start, end, step }: Range,
  signal: AbortSignal,
): Promise<Evaluated> {
  const limit = Math.min(MAX_SERIES, Math.ceil(MAX_POINTS / ((end - start) / step + 1)));
  const range = { start: start / 1000, end: end / 1000, step: step / 1000, limit };
  const read = { path: path`/api/v1/query_range`, what: 'query_range', query: { query, ...range } };
  return answerOf(prometheus, read, signal);
}

interface Question {
  readonly path: string;
  readonly what: string;
  readonly query: Readonly<Record<string, string | number>> & { readonly query: string };
}

async function answerOf(prometheus: Rest, question: Question, signal: AbortSignal): Promise<Evaluated> {
  const read = { ...question, query: { ...question.query, timeout: TIMEOUT }, once: true };
  const answer = await prometheus.get(read, signal).catch((error: unknown) => positioned(question.query.query, error));
  const notes = [...arrayAt(answer, 'warnings'), ...arrayAt(answer, 'infos')];
  return { series: seriesOf(answer), notes: notes.slice(0, 3).map((note) => `note: ${oneLine(String(note), 300)}`) };
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

export async function labelValues(
  prometheus: Rest,
  label: string,
  match: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const read = { path: path`/api/v1/label/${label}/values`, query: { 'match[]': match }, what: `values of ${label}` };
  return arrayAt(await prometheus.get(read, signal), 'data').map(String);
}
