import { structuredPatch } from 'diff';

/** How a text would change, as a person reads it. */
export interface LineDiff {
  /** A unified diff without its header; empty where nothing changes. */
  readonly text: string;
  readonly added: number;
  readonly removed: number;
}

/** Lines of unchanged text around a change. */
const CONTEXT = 3;

export function diffLines(before: string, after: string): LineDiff {
  const { hunks } = structuredPatch('', '', before, after, undefined, undefined, { context: CONTEXT });
  const lines = hunks.flatMap((hunk) => hunk.lines);
  return {
    text: hunks.flatMap(({ oldStart, newStart, lines }) => [`@@ -${oldStart} +${newStart} @@`, ...lines]).join('\n'),
    added: lines.filter((line) => line.startsWith('+')).length,
    removed: lines.filter((line) => line.startsWith('-')).length,
  };
}

/** `+12 −3 lines` */
export function lineCount({ added, removed }: Pick<LineDiff, 'added' | 'removed'>): string {
  return `+${added} −${removed} lines`;
}
