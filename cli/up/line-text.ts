import type { Line } from '../../daemon/view.ts';
import { iso } from '../../shared/kernel/clock.ts';
import { clean } from './picture.ts';

/** Priorities of syslog, which journald reads at the start of a line. */
const PRIORITY: Readonly<Record<Line['level'], string>> = { info: '<6>', warn: '<4>', bad: '<3>' };

/** One event on one line, for a log. journald keeps the time itself, and takes the level from a prefix. */
export function lineText({ at, level, text, run }: Line, isJournal: boolean): string {
  const what = `${run === undefined ? '' : `${clean(run)} `}${clean(text)}`;
  return isJournal ? `${PRIORITY[level]}${what}\n` : `${iso(at)} ${level.padEnd(4)} ${what}\n`;
}
