/** Two columns of a terminal: East Asian wide and fullwidth characters, and what is drawn as an emoji. */
const WIDE =
  /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]/u;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** What stands as one character, with the columns that it takes. */
function* charactersOf(text: string): Generator<readonly [character: string, columns: number]> {
  for (const { segment } of graphemes.segment(text)) yield [segment, WIDE.test(segment) ? 2 : 1];
}

/** How many columns of a terminal `text` takes. It holds no control characters. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const [, width] of charactersOf(text)) columns += width;
  return columns;
}

/** As much of `text` as fits, with an ellipsis where it was cut. */
export function cut(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  if (columns < 2) return '…';
  const [head = ''] = broken(text, columns - 1);
  return `${head.trimEnd()}…`;
}

/** `text` on lines that fit, broken between words, and within one that is longer than a line. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (columnsOf(longer) <= columns) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = broken(word, columns);
    line = pieces.pop() ?? '';
    lines.push(...pieces);
  }
  return [...lines, line];
}

/** Pieces of at most so many columns; at least one character each. */
function broken(text: string, columns: number): string[] {
  const pieces: string[] = [];
  let [piece, taken] = ['', 0];
  for (const [character, width] of charactersOf(text)) {
    if (taken + width > columns && piece !== '') {
      pieces.push(piece);
      [piece, taken] = ['', 0];
    }
    piece += character;
    taken += width;
  }
  return [...pieces, piece];
}
