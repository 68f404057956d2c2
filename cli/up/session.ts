import { mkdir } from 'node:fs/promises';
import type { Daemon } from '../../daemon/daemon.ts';
import { sleep } from '../../daemon/sleep.ts';
import type { DaemonView } from '../../daemon/view.ts';
import type { DaemonOptions } from '../../daemon/wire.ts';
import { shipLater } from '../../shared/boot/shipping.ts';
import type { Config } from '../../shared/config/schema.ts';
import { messageOf } from '../../shared/kernel/errors.ts';
import { newId } from '../../shared/kernel/ids.ts';
import type { Log } from '../../shared/kernel/log.ts';
import { ensureBundle } from '../bundles.ts';
import type { Context } from '../context.ts';
import { dashboardAt, shipHistory, startDashboard } from '../dashboard-exec.ts';
import { SERVERS } from '../install/wanted.ts';
import { touchAlive } from './alive.ts';
import { every } from './every.ts';
import { hasLogin } from './first-login.ts';
import { Keeper } from './keeper.ts';
import type { Picture, Show } from './picture.ts';
import { type Place, withDashboard } from './place.ts';

export type OpenDaemon = (options: DaemonOptions) => Promise<Daemon>;

interface SessionOptions {
  readonly context: Context;
  readonly config: Config;
  readonly place: Place;
  readonly show: Show;
  readonly log: Log;
  readonly openDaemon: OpenDaemon;
}

/** Milliseconds between two pictures, looks at the daemon, touches of the file that probes look at. */
const DRAW = 1_000;
const LOOK = 3_000;
const TOUCH = 10_000;

/** One dashboard and one daemon, from their start to their end. */
export class Session {
  readonly #options: SessionOptions;
  #keeper: Keeper | undefined;
  #daemon: DaemonView | undefined;
  #stoppedAt: number | undefined;
  /** Why the daemon cannot be looked at. */
  #unseen: string | undefined;

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
    const { context, config, place, show, log } = this.#options;
    const { paths, env, clock } = context;
    if (place.kind === 'none') return;
    if (place.kind === 'elsewhere') {
      this.#tell(`The dashboard is at ${place.url}; none is started here.`);
      const stop = shipLater({ paths, config: async () => config, env, writer: newId('up'), log });
      signal.addEventListener('abort', stop);
      return;
    }
    this.#keeper = new Keeper({
      ...{ port: place.port, clock, sleep },
      tell: (line) => show.tell(line),
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
    const bundle = (name: string) => ensureBundle(root, serverOf(name));
    return openDaemon({
      ...{ node, bundle, paths, env, clock, log, tell: (line) => show.tell(line) },
      ...(dashboardUrl && { dashboardUrl }),
    });
  }

  async #lookAt(daemon: Daemon): Promise<void> {
    try {
      this.#daemon = await daemon.view();
      if (this.#keeper?.state.link !== undefined && (await hasLogin(this.#options.context))) this.#keeper.forgetLink();
      this.#unseen = undefined;
    } catch (error) {
      // Once: it is looked at again and again.
      if (this.#unseen !== messageOf(error)) this.#options.log('what the daemon does cannot be shown', error);
      this.#unseen = messageOf(error);
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

function serverOf(name: string): (typeof SERVERS)[number] {
  const server = SERVERS.find((candidate) => candidate === name);
  if (server === undefined) throw new Error(`there is no server ${name}`);
  return server;
}
