/**
 * Characters that can hide or reorder what a person or a model reads: C0/C1 controls except tab and newline,
 * bidi embeddings, overrides and isolates (CVE-2021-42574), zero-width and tag characters.
 */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be found.
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/** Makes every unsafe character visible as `<U+202E>`; line ends become `\n`. */
export function neutralize(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
  });
}

/** `text` on one line, at most `max` characters, with an ellipsis where it was cut. */
export function oneLine(text: string, max: number): string {
  const flat = neutralize(text).replace(/\s+/g, ' ').trim();
  // Half of a character outside of the basic plane would be none.
  return flat.length <= max ? flat : `${flat.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** The first `max` characters of `text`, cut at a line's end where possible. */
export function capText(text: string, max: number): { readonly text: string; readonly cut: number } {
  if (text.length <= max) return { text, cut: 0 };
  const lineEnd = text.lastIndexOf('\n', max);
  const end = lineEnd > max / 2 ? lineEnd : max;
  return { text: text.slice(0, end), cut: text.length - end };
}

/** `1 pod`, `3 pods` */
export function count(n: number, singular: string, plural = `${singular}s`): string {
  return `${n} ${n === 1 ? singular : plural}`;
}

/** A heading and rows in columns of equal width, two spaces apart; nothing behind the last one. */
export function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [header, ...rows].map(line).join('\n');
}
