import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { isObject } from '../kernel/json.ts';
import { type Config, configSchema, invalidConfig } from './schema.ts';

export function parseConfig(text: string, file: string): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const where = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const [syntax] = document.errors;
  if (syntax !== undefined) throw invalidConfig(where(syntax.pos[0]), reasonOf(syntax.message));
  const result = configSchema.safeParse(withoutEmpty(document.toJS({ maxAliasCount: 10 })));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const unknownKey = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const path = [...(issue?.path ?? []), ...unknownKey].map((part) => (typeof part === 'symbol' ? String(part) : part));
  throw invalidConfig(
    where(offsetOf(document, path)),
    `${path.join('.') || 'the file'}: ${issue?.message ?? 'not valid'}`,
  );
}

/** The first line of what the parser says, without the place: it stands before it. */
function reasonOf(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:$/, '');
}

/** A section with nothing below it is one that was left out: all of its lines are comments. */
function withoutEmpty(content: unknown): unknown {
  if (!isObject(content)) return content ?? {};
  return Object.fromEntries(Object.entries(content).filter(([, section]) => section !== null));
}

/** Where the key under `path` stands, or the nearest one above it. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const holder = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const pairs = isMap(holder) ? holder.items : [];
    const key = pairs.find((pair) => isScalar(pair.key) && pair.key.value === path[length - 1])?.key;
    if (isScalar(key) && key.range) return key.range[0];
  }
  return 0;
}
