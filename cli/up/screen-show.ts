import { createLogUpdate } from 'log-update';
import type { Line } from '../../daemon/view.ts';
import type { Picture, Show } from './picture.ts';
import { type Screen, viewText } from './view.ts';

/** More than any terminal has rows. */
const KEPT = 200;
/** Milliseconds in which several lines become one picture. */
const PAUSE = 100;

const CLEAR_SCREEN = '\u001b[2J\u001b[H';

/** The live view: the picture is drawn in place, and only what has changed is written. */
export class ScreenShow implements Show {
  readonly #stream: NodeJS.WriteStream;
  readonly #look: Pick<Screen, 'paint' | 'time'>;
  readonly #update: ReturnType<typeof createLogUpdate>;
  #lines: readonly Line[] = [];
  #picture: Picture | undefined;
  #soon: NodeJS.Timeout | undefined;

  constructor(stream: NodeJS.WriteStream, look: Pick<Screen, 'paint' | 'time'>) {
    this.#stream = stream;
    this.#look = look;
    this.#update = createLogUpdate(stream);
    stream.on('resize', this.#resized);
  }

  tell(line: Line): void {
    this.#lines = [...this.#lines, line].slice(-KEPT);
    this.#soon ??= setTimeout(this.#redraw, PAUSE).unref();
  }

  draw(picture: Picture): void {
    this.#picture = picture;
    this.#redraw();
  }

  end(): void {
    this.#redraw();
    this.#stream.off('resize', this.#resized);
    this.#update.done();
  }

  readonly #redraw = (): void => {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    if (this.#picture === undefined) return;
    const { columns, rows } = this.#stream;
    // The cursor stands on the last row.
    this.#update(viewText(this.#picture, this.#lines, { columns, rows: rows - 1, ...this.#look }));
  };

  /** The terminal has broken its lines anew, so that none is where it was. */
  readonly #resized = (): void => {
    this.#update.clear();
    this.#stream.write(CLEAR_SCREEN);
    this.#redraw();
  };
}
