import { diffLines, type LineDiff, lineCount } from '../../shared/kernel/line-diff.ts';
import { count } from '../../shared/kernel/text.ts';
import type { FileChange } from './changes.ts';
import { shownText } from './shown-text.ts';

/** Changes of files as a person reads them before a yes. */
export interface ShownChanges {
  /** `2 files, +12 −3 lines` */
  readonly change: string;
  /** The unified diff, whole; the values of Secrets are masked. */
  readonly diff: string;
}

export function showChanges(changes: readonly FileChange[]): ShownChanges {
  const shown = changes.map((change) => ({ change, diff: diffOf(change) }));
  const total = {
    added: shown.reduce((sum, { diff }) => sum + diff.added, 0),
    removed: shown.reduce((sum, { diff }) => sum + diff.removed, 0),
  };
  return {
    change: `${count(changes.length, 'file')}, ${lineCount(total)}`,
    diff: shown.map(({ change, diff }) => [head(change), diff.text].filter(Boolean).join('\n')).join('\n'),
  };
}

function head({ path, before, after }: FileChange): string {
  const from = before === undefined ? '/dev/null' : `a/${path}`;
  const to = after === undefined ? '/dev/null' : `b/${path}`;
  return `--- ${from}\n+++ ${to}`;
}

function diffOf({ path, before, after }: FileChange): LineDiff {
  const [old, wanted] = [before === undefined ? '' : before.text, after === undefined ? '' : after.text];
  if (old === undefined || wanted === undefined) return { text: '(binary file)', added: 0, removed: 0 };
  const [shownOld, shownNew] = [shownText(path, old), shownText(path, wanted)];
  const diff = diffLines(shownOld, shownNew);
  return diff.text === '' && old !== wanted ? { ...diff, text: '(only masked values change)' } : diff;
}
