import { fstatSync } from 'node:fs';
import { styleText } from 'node:util';
import { readConfig } from '../shared/config/config.ts';
import { messageOf, OpsError } from '../shared/kernel/errors.ts';
import type { Log } from '../shared/kernel/log.ts';
import type { Context } from './context.ts';
import { LineShow } from './up/line-show.ts';
import type { Show } from './up/picture.ts';
import { placeOf, type UpOptions } from './up/place.ts';
import { ScreenShow } from './up/screen-show.ts';
import { type OpenDaemon, Session } from './up/session.ts';
import { isInForeground, listenForStop } from './up/stopping-exec.ts';

/** Dashboard and daemon together, until a signal. Returns the exit code. */
export async function up(context: Context, options: UpOptions, openDaemon: OpenDaemon): Promise<number> {
  const { paths, env, clock, terminal } = context;
  const config = await readConfig(paths.config);
  const place = placeOf(options, config, env);
  const isView = options.view && terminal.isInteractive && env.TERM !== 'dumb';
  const show: Show = isView ? liveView() : new LineShow(terminal.write, isJournal(env.JOURNAL_STREAM));
  const log: Log = (message, error) =>
    show.tell({ at: clock.now(), level: 'bad', text: `${message}: ${reasonOf(error)}` });
  const keys = isView || (process.stdin.isTTY && isInForeground()) ? process.stdin : undefined;
  const stopping = listenForStop(keys, () => show.end());
  try {
    await new Session({ context, config, place, show, log, openDaemon }).run(stopping.signal);
    show.tell({ at: clock.now(), level: 'info', text: 'Stopped.' });
    return 0;
  } finally {
    show.end();
    stopping.forget();
  }
}

function liveView(): Show {
  const times = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
  return new ScreenShow(process.stdout, {
    // It knows NO_COLOR, and terminals that show none.
    paint: (style, text) => styleText(style, text, { stream: process.stdout }),
    time: (ms) => times.format(ms),
  });
}

/** Whether what is written goes to journald: systemd says by this variable which file that is. */
function isJournal(stream: string | undefined): boolean {
  const { dev, ino } = fstatSync(1);
  return stream === `${dev}:${ino}`;
}

/** What is no error of ours comes with its stack: this is where it is read. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = error instanceof OpsError ? `${error.message} ${error.hint}` : (error.stack ?? error.message);
  return error.cause === undefined ? text : `${text} (${messageOf(error.cause)})`;
}
