import { oneLine } from '../../shared/kernel/text.ts';

/** Characters of an answer that fits 2,000 tokens, and of one that a caller asked to be long. */
export const SHORT = 7_200;
export const LONG = 36_000;

/** The newest lines that fit, each at most `width` characters: what an answer cuts is its old end. */
export function newest(lines: readonly string[], budget: number, width = 1_000): readonly string[] {
  const kept: string[] = [];
  let size = 0;
  for (const line of lines.toReversed()) {
    const short = line.length <= width ? line : `${line.slice(0, width)}… (+${line.length - width} characters)`;
    size += short.length + 1;
    if (size > budget && kept.length > 0) break;
    kept.push(short);
  }
  return kept.reverse();
}

/** The first lines that fit: for answers that begin with what matters most. */
export function first(lines: readonly string[], budget: number): readonly string[] {
  let size = 0;
  const end = lines.findIndex((line) => {
    size += line.length + 1;
    return size > budget;
  });
  return end === -1 ? lines : lines.slice(0, Math.max(1, end));
}

/** One cell or message of a line. */
export function short(text: string, max = 160): string {
  return oneLine(text, max);
}
