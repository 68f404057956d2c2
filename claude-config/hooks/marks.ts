/** Stands in a word for what only the running shell knows: a variable, a substitution. */
export const HOLE = '\0';
/** Stands in a word for a glob. */
export const GLOB = '\x01';

/** What a text with marks may turn out to be. Case does not count: some file systems ignore it. */
export function patternOf(text: string): RegExp {
  const body = Array.from(text, (c) => (c === HOLE || c === GLOB ? '.*' : c.replace(/[^\w]/, '\\$&'))).join('');
  // A glob at the start leaves out hidden files.
  return new RegExp(`^${text.startsWith(GLOB) ? '(?!\\.)' : ''}${body}$`, 'i');
}
