/** Stands in a word for what only the running shell knows: a variable, a substitution. */
export const HOLE = '\0';
/** Stands in a word for a glob. */
export const GLOB = '\x01';

const MARKS = new RegExp(`[${HOLE}${GLOB}]+`);

/** What a text with marks may turn out to be. Case does not count: some file systems ignore it. */
export function patternOf(text: string): RegExp {
  // Marks in a row are one: a regular expression of many `.*` takes for ever.
  const parts = text.split(MARKS).map((literal) => literal.replace(/[^\w]/g, '\\$&'));
  // A glob at the start leaves out hidden files.
  return new RegExp(`^${text.startsWith(GLOB) ? '(?!\\.)' : ''}${parts.join('.*')}$`, 'i');
}
