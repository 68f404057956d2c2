import { type Document, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, Scalar } from 'yaml';
import { messageOf } from '../kernel/errors.ts';
import type { Problem } from './problem.ts';

export type Path = readonly (string | number)[];

/** Characters of one file at most: a workflow is written by a person. */
const MAX_FILE = 256_000;

/** How often an anchor may be used, against files that grow without end. */
const MAX_ALIASES = 10;

/** A YAML file that knows where everything in it stands. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly value: unknown;
  /** A problem with the value under `path`, or with its key, or with the nearest thing above it. */
  problem(path: Path, reason: string, hint?: string, at?: 'key' | 'value'): Problem;
  /** A problem inside a text under `path`, at a row and column (from 1) of that text. */
  inside(path: Path, row: number, column: number, reason: string, hint?: string): Problem;
}

/** Parses YAML. What is no YAML at all has problems and no value. `firstLine` is where it begins within a larger file. */
export function readSource(text: string, file: string, firstLine = 1): Source & { readonly problems: Problem[] } {
  const lines = new LineCounter();
  const tooLong = text.length > MAX_FILE;
  const document = parseDocument(tooLong ? '' : text, { lineCounter: lines });
  const at = (offset: number, reason: string, hint?: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line) + firstLine - 1, column: Math.max(1, col), reason, ...(hint && { hint }) };
  };
  const problems = document.errors.map(({ pos, message }) => at(pos[0], firstSentence(message)));
  if (tooLong) problems.push(at(0, `the file is longer than ${MAX_FILE} characters`));
  const value = problems.length > 0 ? undefined : toJs(document, (reason) => problems.push(at(0, reason)));
  return {
    file,
    text,
    value,
    problems,
    problem: (path, reason, hint, what = 'value') => at(offsetOf(document, path, what), reason, hint),
    inside: (path, row, column, reason, hint) => at(offsetInside(document, lines, path, row, column), reason, hint),
  };
}

function firstSentence(message: string): string {
  return (message.split('\n')[0] ?? message).replace(/ at line \d+, column \d+:?$/, '').replace(/[.:]$/, '');
}

function toJs(document: Document.Parsed, fail: (reason: string) => void): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    fail(messageOf(error));
    return undefined;
  }
}

function pairAt(document: Document.Parsed, path: Path): { readonly key: unknown; readonly value: unknown } | undefined {
  let found: { key: unknown; value: unknown } = { key: document.contents, value: document.contents };
  for (const part of path) {
    const holder = found.value;
    const item = isSeq(holder) ? holder.items[Number(part)] : undefined;
    // `true:` is a boolean as a key, and "true" in a path.
    const pair = isMap(holder)
      ? holder.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
      : undefined;
    if (pair === undefined && item === undefined) return undefined;
    found = pair === undefined ? { key: item, value: item } : { key: pair.key, value: pair.value };
  }
  return found;
}

function offsetOf(document: Document.Parsed, path: Path, what: 'key' | 'value'): number {
  for (let length = path.length; length > 0; length -= 1) {
    const found = pairAt(document, path.slice(0, length));
    const node = length < path.length ? found?.key : (found?.[what] ?? found?.key);
    const start = startOf(node) ?? startOf(found?.key);
    if (start !== undefined) return start;
  }
  return startOf(document.contents) ?? 0;
}

function startOf(node: unknown): number | undefined {
  const holder = isPair(node) ? node.key : node;
  const range = isScalar(holder) || isMap(holder) || isSeq(holder) ? holder.range : undefined;
  return range?.[0];
}

/** Exact in block texts and in texts of one line without escapes; the text's begin everywhere else. */
function offsetInside(document: Document.Parsed, lines: LineCounter, path: Path, row: number, column: number): number {
  const node = pairAt(document, path)?.value;
  const start = startOf(node) ?? 0;
  if (!isScalar(node)) return offsetOf(document, path, 'value');
  if (node.type === Scalar.BLOCK_LITERAL) return offsetInBlock(node, lines, start, row, column);
  const quoted = node.type === Scalar.QUOTE_SINGLE || node.type === Scalar.QUOTE_DOUBLE;
  const oneLine = row === 1 && (node.source?.includes('\n') ?? false) === false;
  return oneLine ? start + (quoted ? 1 : 0) + column - 1 : start;
}

function offsetInBlock(node: Scalar, lines: LineCounter, start: number, row: number, column: number): number {
  const line = lines.linePos(start).line + row;
  const lineStart = lines.lineStarts[line - 1] ?? start;
  const nextStart = lines.lineStarts[line] ?? node.range?.[1] ?? lineStart;
  const content = String(node.value).split('\n')[row - 1] ?? '';
  // The line is its indentation, the content, and a line's end.
  const indent = Math.max(0, nextStart - lineStart - content.length - 1);
  return lineStart + indent + column - 1;
}
