import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ApiClient } from '../../shared/control-plane/client/api-client.ts';
import { HttpRunStore } from '../../shared/control-plane/client/stores.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import { openBackend } from '../../shared/http/backend.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { RunEvent, Usage } from '../../shared/workflow/events.ts';
import type { RunRow, RunStore } from '../../shared/workflow/run-store.ts';
import { aRow } from '../contracts/run-store.ts';
import { ask, type DashboardRig, startDashboard } from '../support/dashboard.ts';
import { tempFolder } from '../support/gate-rig.ts';

/** Series with their values, of those whose name begins so. */
export async function scrape(url: string, prefix: string): Promise<Record<string, number>> {
  const { text } = await ask(`${url}/metrics`, { headers: { host: '10.0.0.7:8080' } });
  const lines = text.split('\n').filter((line) => line.startsWith(prefix));
  return Object.fromEntries(lines.map((line) => [line.replace(/ \S+$/, ''), Number(line.split(' ').at(-1))]));
}

export interface MetricsRig extends DashboardRig {
  /** As the daemon of the same machine, which shares the file. */
  readonly file: ReturnType<typeof openSqlite>;
  /** As a daemon elsewhere. */
  readonly api: RunStore;
  scrape(prefix: string): Promise<Record<string, number>>;
}

export async function metricsRig(): Promise<MetricsRig> {
  const path = join(tempFolder(), 'state.db');
  const rig = await startDashboard({ file: path });
  const file = openSqlite(path, rig.clock);
  onTestFinished(() => file.close());
  const value = await rig.token('daemon');
  const backend = () =>
    openBackend({ name: 'dashboard', url: rig.url, token: { value }, insecure: false, howToSet: '' });
  return {
    ...rig,
    file,
    api: new HttpRunStore(new ApiClient(backend)),
    scrape: (prefix) => scrape(rig.url, prefix),
  };
}

/** Events without their times. */
type Told = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'at'> : never) : never;

const STATUSES: Readonly<Record<string, RunRow['status']>> = { created: 'waiting', ended: 'succeeded' };

/** A run whose events somebody appends, each at the time of the clock. */

export class Story {
  readonly #clock: Clock;
  readonly #row: RunRow;
  #seq = 0;

  constructor({ clock }: { readonly clock: Clock }, run: string, workflow = 'check') {
    const at = clock.now();
    this.#clock = clock;
    this.#row = aRow({ run, workflow, createdAt: at, updatedAt: at });
  }

  async append(store: RunStore, ...events: readonly Told[]): Promise<void> {
    for (const event of events) {
      const at = this.#clock.now();
      const status = STATUSES[event.type] ?? 'running';
      const row = { ...this.#row, status, updatedAt: at };
      const appended = await store.append(this.#seq++, { ...event, at }, row);
      if (appended !== 'ok') throw new Error(appended);
    }
  }

  created(kind: 'manual' | 'schedule' | 'alert' = 'manual'): Told {
    const { run, workflow } = this.#row;
    const rest = { hash: 'h', inputs: {}, deadline: 9e12, steps: ['look'] };
    return { type: 'created', run, workflow, cause: { kind, by: 'anna' }, ...rest };
  }
}

export const USAGE: Usage = {
  ...{ model: 'sonnet', inputTokens: 100, outputTokens: 20, cacheReadTokens: 3_000, cacheWriteTokens: 400 },
  ...{ costUsd: 0.25, turns: 4, durationMs: 9_000 },
};

export const finished = (step: string): Told => ({
  type: 'step-finished',
  step,
  attempt: 1,
  answer: {},
  usage: USAGE,
});
export const ENDED: Told = { type: 'ended', status: 'succeeded', reason: '', outputs: {} };
