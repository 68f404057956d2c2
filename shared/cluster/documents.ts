import { type Document, isScalar, LineCounter, parseAllDocuments, type ScalarTag, visit } from 'yaml';
import { messageOf, OpsError } from '../kernel/errors.ts';
import { isObject } from '../kernel/json.ts';
import { oneLine } from '../kernel/text.ts';

/** Bytes: an object in etcd has 1.5 MB at most. */
const MAX_BYTES = 1_000_000;
/** An alias may stand for so many nodes; a bomb needs many more. */
const MAX_ALIASES = 100;

/** Controls other than tab and line ends, and what a decoder puts where bytes were not UTF-8. */
const UNREADABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be found.
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffd\ufeff]|\p{Surrogate}/u;

/** `0644` is octal, as kubectl reads it and as every volume's defaultMode is written. */
const OCTAL: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  format: 'OCT',
  test: /^[-+]?0[0-7]+$/,
  resolve: (text) => Number.parseInt(text, 8),
};

export type Path = readonly (string | number)[];

/** One document of a manifest. */
export interface ManifestDocument {
  readonly value: unknown;
  /** An error that names the line and column of the value under `path`, or of the nearest value above it. */
  error(path: Path, what: string, hint: string): OpsError;
}

/** Reads the YAML or JSON documents of a manifest; empty ones are left out. `name` is what errors call it: a file's path. */
export function readDocuments(manifest: string, name = 'manifest'): readonly ManifestDocument[] {
  const text = readable(manifest, name);
  const lines = new LineCounter();
  const error = (offset: number, what: string, hint: string) => {
    const { line, col } = lines.linePos(offset);
    return new OpsError('invalid_input', `${name}:${line || 1}:${col || 1}: ${oneLine(what, 200)}.`, hint);
  };
  return parse(text, lines, name).flatMap((document) => {
    refuseBroken(document, error);
    const value = toValue(document, error);
    const located = (path: Path, what: string, hint: string) => error(offsetOf(document, path), what, hint);
    return value === null ? [] : [{ value, error: located }];
  });
}

type ErrorAt = (offset: number, what: string, hint: string) => OpsError;

function readable(manifest: string, name: string): string {
  const text = manifest.replace(/^\ufeff/, '');
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_BYTES) {
    const hint = 'Split it, and keep large files out of ConfigMaps.';
    throw new OpsError('too_large', `${name}: ${bytes} bytes; ${MAX_BYTES} are the limit.`, hint);
  }
  const offset = text.search(UNREADABLE);
  if (offset < 0) return text;
  const before = text.slice(0, offset).split('\n');
  const code = (text.codePointAt(offset) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  throw new OpsError(
    'invalid_input',
    `${name}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}: U+${code} cannot stand in a manifest.`,
    'Write it as UTF-8 text without control characters; binary data goes base64 into binaryData or a Secret.',
  );
}

function parse(text: string, lineCounter: LineCounter, name: string): readonly Document[] {
  try {
    // uniqueKeys compares every key with every other (40,000 keys take 46 s): refuseBroken looks for twins itself.
    const options = { lineCounter, merge: true, uniqueKeys: false, prettyErrors: false };
    return [...parseAllDocuments(text, { ...options, customTags: (tags) => [OCTAL, ...tags] })];
  } catch (error) {
    throw new OpsError('invalid_input', `${name}: ${oneLine(messageOf(error), 200)}.`, 'Nest it less deeply.');
  }
}

/** Refuses what is no YAML, and what YAML allows and an object cannot carry. */
function refuseBroken(document: Document, error: ErrorAt): void {
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw error(problem.pos[0], problem.message, 'Correct the YAML.');
  visit(document, {
    Scalar: (_, { value, range }) => {
      if (typeof value !== 'number' || isExact(value)) return;
      throw error(range?.[0] ?? 0, 'the number cannot be kept exactly', 'Quote it if it is text.');
    },
    Map: (_, { items, range }) => {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        const [offset, name] = isScalar(key) ? [key.range?.[0], String(key.value)] : [range?.[0], undefined];
        if (name === undefined) throw error(offset ?? 0, 'a key is not a text', 'Use plain text as keys.');
        if (keys.has(name))
          throw error(offset ?? 0, `the key "${name}" stands here a second time`, 'Keep one of them.');
        keys.add(name);
      }
    },
  });
}

/** JSON carries neither infinity nor integers beyond 2^53: what is previewed has to be what is written. */
function isExact(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

function toValue(document: Document, error: ErrorAt): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (cause) {
    throw error(offsetOf(document, []), messageOf(cause), 'Write it without so many aliases.');
  }
}

function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isObject(node) && Array.isArray(node.range)) return Number(node.range[0]);
  }
  return document.contents?.range?.[0] ?? 0;
}
