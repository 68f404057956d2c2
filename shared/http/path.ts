import { OpsError } from '../kernel/errors.ts';

/**
 * An encoded path: what is written stays as it is, every value is one segment (or, as a list, several).
 * A value that would climb (`..`), vanish (`.`, empty) or hide (control characters) is refused: encoding does not stop
 * `..` (argocd-mcp 0.9.0 reached other REST paths by it).
 */
export function path(literals: TemplateStringsArray, ...values: readonly (string | readonly string[])[]): string {
  return literals.reduce((built, literal, index) => built + encoded(values[index - 1] ?? []) + literal);
}

function encoded(value: string | readonly string[]): string {
  const segments = typeof value === 'string' ? [value] : value;
  return segments.map(segment).join('/');
}

function segment(text: string): string {
  if (text === '' || text === '.' || text === '..' || /\p{Cc}/u.test(text) || !text.isWellFormed()) {
    throw new OpsError(
      'invalid_input',
      `${JSON.stringify(text.slice(0, 80))} cannot stand in a path.`,
      'Give the plain name: not empty, not "." or "..", without control characters.',
    );
  }
  return encodeURIComponent(text);
}
