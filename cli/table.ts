import { neutralize, renderTable } from '../shared/kernel/text.ts';

/** A table for a terminal: no cell can move the cursor or hide a character. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return renderTable(
    headings,
    rows.map((row) => row.map(neutralize)),
  );
}
