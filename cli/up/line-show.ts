import type { Line } from '../../daemon/view.ts';
import { lineText } from './line-text.ts';
import { drainText, type Picture, problemsOf, type Show } from './picture.ts';

/** Milliseconds between two lines that say what a stopping daemon waits for. */
const REMIND = 10_000;

/** Lines alone: what came, which problems there are, and when each is solved. */
export class LineShow implements Show {
  readonly #write: (text: string) => void;
  readonly #isJournal: boolean;
  #problems: ReadonlySet<string> = new Set();
  #link: string | undefined;
  #remindAt = 0;

  constructor(write: (text: string) => void, isJournal: boolean) {
    this.#write = write;
    this.#isJournal = isJournal;
  }

  tell(line: Line): void {
    this.#write(lineText(line, this.#isJournal));
  }

  draw(picture: Picture): void {
    const { now, dashboard, drain } = picture;
    if (dashboard.link !== undefined && dashboard.link !== this.#link)
      this.tell({ at: now, level: 'info', text: `Nobody can sign in yet. Open this, once: ${dashboard.link}` });
    this.#link = dashboard.link;
    if (drain !== undefined && now >= this.#remindAt) {
      this.#remindAt = now + REMIND;
      this.tell({ at: now, level: 'info', text: drainText(picture) });
    }
    const problems = problemsOf(picture);
    for (const { what, remedy } of problems)
      if (!this.#problems.has(what)) this.tell({ at: now, level: 'warn', text: `${what} ${remedy}` });
    const left = new Set(problems.map(({ what }) => what));
    for (const what of this.#problems)
      if (!left.has(what)) this.tell({ at: now, level: 'info', text: `This is no problem any more: ${what}` });
    this.#problems = left;
  }

  end(): void {}
}
