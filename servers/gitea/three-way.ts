import { diffArrays } from 'diff';

/** Lines `start` to `end` (without it) of the base become `lines`. */
interface Hunk {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
}

/**
 * Both changes of one text, as `git merge-file` joins them; undefined where they touch the same lines, or lines right
 * beside each other. What both sides have done alike is done once.
 */
export function mergeTexts(base: string, ours: string, theirs: string): string | undefined {
  const lines = linesOf(base);
  const mine = hunksBetween(lines, linesOf(ours));
  const alike = (a: Hunk, b: Hunk) => a.start === b.start && a.end === b.end && a.lines.join('') === b.lines.join('');
  const added = hunksBetween(lines, linesOf(theirs)).filter((hunk) => !mine.some((own) => alike(own, hunk)));
  const touching = (a: Hunk, b: Hunk) => a.start <= b.end && b.start <= a.end;
  if (added.some((hunk) => mine.some((own) => touching(own, hunk)))) return undefined;
  const hunks = [...mine, ...added].sort((a, b) => b.start - a.start);
  return hunks
    .reduce((merged, { start, end, lines }) => merged.toSpliced(start, end - start, ...lines), [...lines])
    .join('');
}

/** With their ends, so that a last line without one stays so. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function hunksBetween(base: readonly string[], side: readonly string[]): readonly Hunk[] {
  const hunks: Hunk[] = [];
  let at = 0;
  let open: Hunk | undefined;
  for (const { value, added, removed } of diffArrays([...base], [...side])) {
    if (!added && !removed) {
      if (open !== undefined) hunks.push(open);
      open = undefined;
      at += value.length;
      continue;
    }
    const { start, end, lines } = open ?? { start: at, end: at, lines: [] };
    open = removed ? { start, end: end + value.length, lines } : { start, end, lines: [...lines, ...value] };
    if (removed) at += value.length;
  }
  return open === undefined ? hunks : [...hunks, open];
}
