import { createScanner, findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { Json } from '../../shared/kernel/json.ts';

/** Of jsonc-parser's SyntaxKind, a const enum, which cannot be imported as a value. */
const COMMA = 5;
const LINE_COMMENT = 12;
const EOF = 17;

/** Keys and positions from the root: what jsonc-parser calls a JSONPath. */
export type Path = readonly (string | number)[];

// jsonc-parser's own `modify` formats the neighbours and loses comments on removal, so these functions insert and cut
// at the offsets of its tree, and touch nothing else.

/** Adds `value` at the end of the array at `path`. */
export function addItem(text: string, path: Path, value: Json): string {
  return insert(text, nodeAt(text, path, 'array'), path.length + 1, render(text, value, path.length + 1));
}

/** Adds `key` at the end of the object at `path`. */
export function addKey(text: string, path: Path, key: string, value: Json): string {
  const body = `${JSON.stringify(key)}: ${render(text, value, path.length + 1)}`;
  return insert(text, nodeAt(text, path, 'object'), path.length + 1, body);
}

/** Puts `value` in the place of what stands at `path`. */
export function replace(text: string, path: Path, value: Json): string {
  const { offset, length } = nodeAt(text, path);
  return text.slice(0, offset) + render(text, value, path.length) + text.slice(offset + length);
}

/** Takes out what stands at `path`, its comma, and the space before it. Comments stay. */
export function remove(text: string, path: Path): string {
  const node = nodeAt(text, path);
  const member = node.parent?.type === 'property' ? node.parent : node;
  const siblings = member.parent?.children ?? [];
  const index = siblings.indexOf(member);
  const end = member.offset + member.length;
  const before = siblings[index - 1];
  const after = siblings[index + 1];
  const close = (member.parent?.offset ?? 0) + (member.parent?.length ?? 0) - 1;
  const comma =
    commaIn(text, end, after?.offset ?? close) ??
    (before && commaIn(text, before.offset + before.length, member.offset));
  const start = text.slice(0, member.offset).trimEnd().length;
  const afterLineComment = lineCommentEnds(
    text,
    before ? before.offset + before.length : (member.parent?.offset ?? 0) + 1,
    start,
  );
  const cuts = [{ from: afterLineComment ? lineStart(text, start, member.offset) : start, to: end }];
  if (comma !== undefined) cuts.push({ from: comma, to: comma + 1 });
  return cuts
    .sort((a, b) => b.from - a.from)
    .reduce((rest, { from, to }) => rest.slice(0, from) + rest.slice(to), text);
}

function nodeAt(text: string, path: Path, type?: Node['type']): Node {
  const root = parseTree(text, [], { allowTrailingComma: true });
  const node = root && findNodeAtLocation(root, [...path]);
  if (node === undefined || (type !== undefined && node.type !== type)) {
    throw new OpsError(
      'config_invalid',
      `"${path.join('.')}" is not ${type ?? 'there'}.`,
      'Correct it in the file; nothing was changed.',
    );
  }
  return node;
}

/** Before the closing bracket, behind comments; the comma goes right behind the last value. */
function insert(text: string, parent: Node, depth: number, body: string): string {
  const close = parent.offset + parent.length - 1;
  const last = parent.children?.at(-1);
  const lastEnd = last === undefined ? parent.offset + 1 : last.offset + last.length;
  const at = Math.max(lastEnd, text.slice(0, close).trimEnd().length);
  const { eol, unit } = styleOf(text);
  const own =
    last === undefined
      ? unit.repeat(depth)
      : (/(?<=\n)[ \t]+$/.exec(text.slice(0, last.offset))?.[0] ?? unit.repeat(depth));
  const hasComma = commaIn(text, lastEnd, close) !== undefined;
  const tail = text.slice(at, close).includes('\n') ? '' : eol + unit.repeat(depth - 1);
  const [comma, trailing] = hasComma ? ['', ','] : [last === undefined ? '' : ',', ''];
  return `${text.slice(0, lastEnd)}${comma}${text.slice(lastEnd, at)}${eol}${own}${body}${trailing}${tail}${text.slice(at)}`;
}

/** Where a comma stands between two offsets, outside of comments. */
function commaIn(text: string, from: number, to: number): number | undefined {
  const scanner = createScanner(text.slice(from, to), false);
  for (let token = scanner.scan(); token !== EOF; token = scanner.scan()) {
    if (token === COMMA) return from + scanner.getTokenOffset();
  }
  return undefined;
}

/** Whether the text between two offsets ends with a `//` comment, whose line end has to stay. */
function lineCommentEnds(text: string, from: number, to: number): boolean {
  const scanner = createScanner(text.slice(from, to), false);
  let last = 0;
  for (let token = scanner.scan(); token !== EOF; token = scanner.scan()) last = token;
  return last === LINE_COMMENT;
}

/** Behind a `//` comment only the spaces of the member's own line are cut, or its line end where another follows. */
function lineStart(text: string, from: number, to: number): number {
  return from + text.slice(from, to).lastIndexOf('\n');
}

function render(text: string, value: Json, depth: number): string {
  const { eol, unit } = styleOf(text);
  return JSON.stringify(value, null, unit).replaceAll('\n', eol + unit.repeat(depth));
}

/** Line ends and indentation as the file has them; two spaces where it shows none. */
function styleOf(text: string): { readonly eol: string; readonly unit: string } {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return { eol, unit: /^([ \t]+)["\]}]/m.exec(text)?.[1] ?? '  ' };
}
