import type { Sleep } from '../../daemon/sleep.ts';
import type { Line } from '../../daemon/view.ts';
import { span } from '../../shared/cluster/times.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { parseJson, stringAt } from '../../shared/kernel/json.ts';
import { type DashboardProcess, listeningAt } from '../dashboard-exec.ts';
import type { DashboardState } from './picture.ts';

export interface KeeperOptions {
  readonly port: string;
  readonly start: (port: string, signal: AbortSignal) => Promise<DashboardProcess>;
  /** The address of another dashboard on this machine's file, where it has this port. */
  readonly another: (port: string) => Promise<string | undefined>;
  readonly tell: (line: Line) => void;
  readonly clock: Clock;
  readonly sleep: Sleep;
}

/** Milliseconds before it is started again, doubled with each failure. Whoever lived this long has not failed. */
const FIRST = 1_000;
const LONGEST = 60_000;
/** Milliseconds between two tries of a port that another program has. */
const TAKEN = 30_000;
/** Milliseconds that a link for the first login counts (dashboard/auth/users.ts). */
const LINK_LIFE = 3_600_000;

const AGAIN = 'It is started again by itself, a minute later at the latest.';

/** Keeps a dashboard running on this machine: one that has ended by itself is started again. */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #tried = Promise.withResolvers<void>();
  #port: string;
  #state: DashboardState = {};
  #linkEnds = 0;
  #saidTaken = false;
  /** What it has written that is no line of a log: the reason, where it has ended. */
  #unknown: string[] = [];

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#port = options.port;
  }

  /** Settles when it can be reached, or cannot for now. */
  get tried(): Promise<void> {
    return this.#tried.promise;
  }

  get state(): DashboardState {
    const { url } = this.#state;
    const isOver = this.#options.clock.now() >= this.#linkEnds;
    return isOver && url !== undefined ? { url } : this.#state;
  }

  /** Somebody can sign in now. */
  forgetLink(): void {
    this.#linkEnds = 0;
  }

  /** Until it is told to stop; the process has ended then. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#keep(signal).finally(() => this.#tried.resolve());
  }

  async #keep(signal: AbortSignal): Promise<void> {
    const { clock, sleep } = this.#options;
    let failures = 0;
    while (!signal.aborted) {
      const began = clock.now();
      const code = await this.#once(signal);
      if (signal.aborted) break;
      if (clock.now() - began >= LONGEST) failures = 0;
      const pause = (await this.#isTaken()) ? TAKEN : this.#again(code, Math.min(FIRST * 2 ** failures, LONGEST));
      failures += 1;
      this.#tried.resolve();
      await sleep(pause, signal);
    }
  }

  /** Says how it ended. */
  async #once(signal: AbortSignal): Promise<string> {
    this.#unknown = [];
    const dashboard = await this.#options.start(this.#port, signal);
    for await (const line of dashboard.lines) this.#hear(line);
    this.#state = {};
    return dashboard.ended;
  }

  #hear(line: string): void {
    const url = listeningAt(line);
    if (url !== undefined) {
      this.#state = { url };
      this.#port = new URL(url).port;
      this.#saidTaken = false;
      this.#tell('info', `The dashboard is at ${url}`);
      this.#tried.resolve();
    } else if (/^https?:\/\/\S+\/setup\/\S+$/.test(line)) {
      this.#state = { ...this.#state, link: line };
      this.#linkEnds = this.#options.clock.now() + LINK_LIFE;
    } else if (line.startsWith('Nobody can sign in yet.')) {
      if (!line.endsWith(':')) this.#tell('info', line);
    } else if (line.startsWith('{')) {
      const record = parseJson(line);
      this.#tell('warn', `Dashboard: ${stringAt(record, 'msg')}: ${stringAt(record, 'error')}`);
    } else this.#unknown.push(line);
  }

  async #isTaken(): Promise<boolean> {
    if (!this.#unknown.some((line) => line.includes('EADDRINUSE'))) return false;
    const url = await this.#options.another(this.#port);
    this.#state = url === undefined ? { problem: takenBy(this.#port) } : { url };
    if (url !== undefined && !this.#saidTaken)
      this.#tell('info', `The dashboard of another k8s-agent is used: it has port ${this.#port}.`);
    this.#saidTaken = true;
    return true;
  }

  #again(code: string, pause: number): number {
    const reason = this.#unknown.find((line) => /error/i.test(line)) ?? this.#unknown.join(' ');
    if (reason === '') this.#tell('warn', `The dashboard has ended (${code}) and is started again in ${span(pause)}.`);
    // It stays in sight, and comes as one line however often it is tried.
    else this.#state = { problem: { what: `The dashboard has ended (${code}): ${reason}`, remedy: AGAIN } };
    return pause;
  }

  #tell(level: Line['level'], text: string): void {
    this.#options.tell({ at: this.#options.clock.now(), level, text });
  }
}

function takenBy(port: string): Required<DashboardState>['problem'] {
  const what = `Port ${port} is taken by another program, so there is no dashboard.`;
  return { what, remedy: 'End that program, or choose another port: k8s-agent up --port NUMBER.' };
}
