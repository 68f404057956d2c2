/** A part of the view: a title, and items of one or more lines each. */
export interface Section {
  readonly title: string;
  /** The most important first: they are shown as far as there is room. */
  readonly items: readonly (readonly string[])[];
  /** Shown from the last one to the first. */
  readonly reversed?: boolean;
}

/** The lines of all sections in `height` lines: one item of each in turn, so that a long one hides no other. */
export function fitSections(given: readonly Section[], height: number): string[] {
  const sections = given.filter(({ items }) => items.length > 0);
  const shown: string[][][] = sections.map(() => []);
  let room = height;
  for (let grew = true; grew; ) {
    grew = false;
    for (const [index, { items }] of sections.entries()) {
      const mine = shown[index] ?? [];
      const item = items[mine.length];
      const title = mine.length === 0 ? 1 : 0;
      // The first item is cut rather than left out: else nobody would know that there is any.
      const lines = title === 1 ? item?.slice(0, room - 1) : item;
      if (lines === undefined || lines.length === 0 || lines.length + title > room) continue;
      mine.push([...lines]);
      room -= lines.length + title;
      grew = true;
    }
  }
  const seen = sections.flatMap(({ title, reversed }, index) => {
    const items = shown[index] ?? [];
    return items.length === 0 ? [] : [[title, ...(reversed ? items.toReversed() : items).flat()]];
  });
  const isAiry = room >= seen.length;
  return seen.flatMap((lines) => (isAiry ? ['', ...lines] : lines));
}
