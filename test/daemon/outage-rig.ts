import { writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Approvals } from '../../shared/approvals/approvals.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import { Runs } from '../../shared/workflow/runs.ts';
import { tempFolder } from '../support/gate-rig.ts';
import { replica } from '../support/replica.ts';
import { joinedHome } from './joined-rig.ts';
import { FasterClock } from './takeover-time.ts';

/**
 * `silent`: connections are accepted, and nothing goes through; what was under way comes when it is open again.
 * `failing`: a proxy whose dashboard is gone. `forgetful`: of what the dashboard does every third answer gets lost.
 */
type Mode = 'open' | 'silent' | 'failing' | 'forgetful';

const BAD_GATEWAY = '<html><body>502 Bad Gateway</body></html>';
const FAILURE = `HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\ncontent-length: ${BAD_GATEWAY.length}\r\n\r\n${BAD_GATEWAY}`;

/** What stands between a daemon and its dashboard. */
class Front {
  #mode: Mode = 'open';
  #answers = 0;
  #lost = 0;
  readonly #pairs = new Set<readonly [daemon: Socket, dashboard: Socket]>();
  readonly #to: number;

  constructor(to: string) {
    this.#to = Number(new URL(to).port);
  }

  /** Answers that got lost. */
  get lost(): number {
    return this.#lost;
  }

  /** Its address. */
  async listen(): Promise<string> {
    const server = createServer((daemon) => this.#serve(daemon));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
      for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    });
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  become(mode: Mode): void {
    this.#mode = mode;
    for (const pair of this.#pairs)
      for (const socket of pair) {
        if (mode === 'silent') socket.pause();
        else socket.resume();
      }
  }

  #serve(daemon: Socket): void {
    const dashboard = connect(this.#to, '127.0.0.1');
    const pair = [daemon, dashboard] as const;
    this.#pairs.add(pair);
    daemon.on('data', (data) => (this.#mode === 'failing' ? daemon.write(FAILURE) : dashboard.write(data)));
    dashboard.on('data', (data) => {
      this.#answers += 1;
      const isLost = this.#mode === 'forgetful' && this.#answers % 3 === 0;
      if (isLost) this.#lost += 1;
      if (isLost) daemon.destroy();
      else daemon.write(data);
    });
    for (const [one, other] of [pair, pair.toReversed()])
      one
        ?.on('error', () => {})
        .on('close', () => {
          other?.destroy();
          this.#pairs.delete(pair);
        });
    if (this.#mode === 'silent') for (const socket of pair) socket.pause();
  }
}

/** A machine whose dashboard is elsewhere: it can go away, and come back at its address. */
export async function homeWithDashboardElsewhere(workflows: Readonly<Record<string, string>>) {
  const clock = new FasterClock();
  const plane = openSqlite(join(tempFolder(), 'dashboard.db'), clock);
  onTestFinished(() => plane.close());
  const dashboard = await replica(plane, clock, 'daemon');
  const front = new Front(dashboard.url);
  const url = await front.listen();
  const token = join(tempFolder(), 'token');
  writeFileSync(token, `${dashboard.token}\n`);
  const home = await joinedHome(workflows, `dashboard: { url: '${url}', token_file: ${token} }\n`, clock);
  const [runs, approvals] = [new Runs(plane.runs, clock), new Approvals(plane.approvals, clock)];
  return {
    ...{ home, clock, plane, dashboard, front, runs, approvals },
    /** What has happened to the one run of a workflow. */
    eventsOf: async (workflow: string) => {
      const rows = await runs.list({ workflow });
      return rows.length === 1 ? runs.history(rows[0]?.run ?? '') : [];
    },
  };
}
