import { mkdir } from 'node:fs/promises';
import type { Daemon } from '../../daemon/daemon.ts';
import { sleep } from '../../daemon/sleep.ts';
import type { DaemonView, Line } from '../../daemon/view.ts';
import { shipLater } from '../../shared/boot/shipping.ts';
import type { Config } from '../../shared/config/schema.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { newId } from '../../shared/kernel/ids.ts';
import type { Log } from '../../shared/kernel/log.ts';
import type { Paths } from '../../shared/kernel/paths.ts';
import type { Context } from '../context.ts';
import { dashboardAt, shipHistory, startDashboard } from '../dashboard-exec.ts';
import { touchAlive } from './alive.ts';
import { hasLogin } from './first-login.ts';
import { Keeper } from './keeper.ts';
import type { Picture, Show } from './picture.ts';
import { type Environment, type Place, withDashboard } from './place.ts';

/** What a daemon is made of. */
export interface DaemonOptions {
  readonly root: string;
  readonly node: string;
  readonly paths: Paths;
  readonly env: Environment;
  readonly clock: Clock;
  readonly log: Log;
  readonly tell: (line: Line) => void;
  readonly dashboardUrl?: string;
}

export type OpenDaemon = (options: DaemonOptions) => Promise<Daemon>;

interface SessionOptions {
  readonly context: Context;
  readonly config: Config;
  readonly place: Place;
  readonly show: Show;
  readonly log: Log;
  readonly openDaemon: OpenDaemon;
}

/** Milliseconds between two pictures, two looks at the daemon, and two touches of the file that probes look at. */
const DRAW = 1_000;
const LOOK = 3_000;
const TOUCH = 10_000;

/** One dashboard and one daemon, from their start to their end. */
export class Session {
  readonly #options: SessionOptions;
  #keeper: Keeper | undefined;
  #daemon: DaemonView | undefined;
  #stoppedAt: number | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Until `stop`, and then until the daemon has come to its end. */
  async run(stop: AbortSignal): Promise<void> {
    const { context, show } = this.#options;
    const over = new AbortController();
    await mkdir(context.paths.state, { recursive: true, mode: 0o700 });
    stop.addEventListener('abort', () => {
      this.#stoppedAt = context.clock.now();
      show.draw(this.#picture());
    });
    const beside = [this.#serve(over.signal), every(DRAW, async () => show.draw(this.#picture()), over.signal)];
    try {
      await this.#keeper?.tried;
      const daemon = await this.#openDaemon();
      beside.push(every(LOOK, () => this.#lookAt(daemon), over.signal));
      beside.push(every(TOUCH, () => this.#touch(), over.signal));
      await daemon.run(stop);
    } finally {
      over.abort();
      await Promise.all(beside);
    }
  }

  /** The dashboard, and the way of the audit log to it; the daemon publishes the rest. */
  async #serve(signal: AbortSignal): Promise<void> {
    const { context, config, place, log } = this.#options;
    const { paths, env, clock } = context;
    if (place.kind === 'none') return;
    if (place.kind === 'elsewhere') {
      this.#tell(`The dashboard is at ${place.url}; none is started here.`);
      const stop = shipLater({ paths, config: async () => config, env, writer: newId('up'), log });
      signal.addEventListener('abort', stop);
      return;
    }
    this.#keeper = new Keeper({
      ...{ port: place.port, clock, sleep, tell: (line: Line) => this.#options.show.tell(line) },
      start: (port, signal) => startDashboard(context, port, signal),
      another: (port) => dashboardAt(port, paths),
    });
    const running = this.#keeper.run(signal).catch((error: unknown) => log('there is no dashboard', error));
    const shipping = shipHistory(context, log, signal).catch((error: unknown) => log('no history is sent', error));
    await Promise.all([running, shipping]);
  }

  #openDaemon(): Promise<Daemon> {
    const { context, log, show, openDaemon, place } = this.#options;
    const { root, node, paths, clock } = context;
    const url = place.kind === 'elsewhere' ? place.url : this.#keeper?.state.url;
    const env = withDashboard(context.env, url);
    const dashboardUrl = env.PUBLIC_URL || url;
    const tell = (line: Line) => show.tell(line);
    return openDaemon({ root, node, paths, env, clock, log, tell, ...(dashboardUrl && { dashboardUrl }) });
  }

  async #lookAt(daemon: Daemon): Promise<void> {
    try {
      this.#daemon = await daemon.view();
      if (this.#keeper?.state.link !== undefined && (await hasLogin(this.#options.context))) this.#keeper.forgetLink();
    } catch (error) {
      this.#options.log('what the daemon does cannot be shown', error);
    }
  }

  async #touch(): Promise<void> {
    const { context, log } = this.#options;
    await touchAlive(context.paths, context.clock).catch((error: unknown) => log('daemon.alive is not written', error));
  }

  #picture(): Picture {
    const { context, config, place } = this.#options;
    const now = context.clock.now();
    const elsewhere = place.kind === 'elsewhere' ? { url: place.url } : {};
    const drain = this.#stoppedAt === undefined ? undefined : this.#stoppedAt + config.daemon.drain * 1_000 - now;
    return {
      now,
      dashboard: this.#keeper?.state ?? elsewhere,
      ...(this.#daemon && { daemon: this.#daemon }),
      ...(drain !== undefined && { drain: Math.max(0, drain) }),
    };
  }

  #tell(text: string): void {
    this.#options.show.tell({ at: this.#options.context.clock.now(), level: 'info', text });
  }
}

/** Does `work` again and again until it is told to stop. It keeps the process alive. */
async function every(ms: number, work: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await work();
    await sleep(ms, signal);
  }
}
