import { closest } from 'fastest-levenshtein';
import { OpsError } from '../kernel/errors.ts';

/** What is wrong with a file, and where. Lines and columns count from 1. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly reason: string;
  /** What to write instead. */
  readonly hint?: string;
}

/** `health/check.yaml:4:12: unknown agent "k8s-diagnostican". Did you mean "k8s-diagnostician"? Valid: …` */
export function problemText({ file, line, column, reason, hint }: Problem): string {
  return `${file}:${line}:${column}: ${reason}.${hint === undefined ? '' : ` ${hint}`}`;
}

/** Names that are shown of a long list. */
const SHOWN = 20;

/** The nearest valid name, and what else there is. */
export function nearest(wrong: string, valid: readonly string[]): string {
  if (valid.length === 0) return 'There are none.';
  const more = valid.length > SHOWN ? `, and ${valid.length - SHOWN} more` : '';
  return `Did you mean "${closest(wrong, valid)}"? Valid: ${valid.slice(0, SHOWN).join(', ')}${more}.`;
}

/** Every problem of a file in one error. */
export function invalidFile(problems: readonly Problem[]): OpsError {
  const [first] = problems;
  return new OpsError(
    'invalid_input',
    problems.map(problemText).join('\n'),
    `Repair ${first?.file ?? 'the file'}, then: k8s-agent workflow validate.`,
  );
}
