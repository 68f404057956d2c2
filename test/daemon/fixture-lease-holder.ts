import { hold } from '../../daemon/lease/heartbeat.ts';
import { SharedLeases } from '../../daemon/lease/shared.ts';
import { sleep } from '../../daemon/sleep.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { stateAt } from '../support/dashboard-state.ts';

/** A daemon that does nothing but hold one run, and says when it may work on it: `works|lost <owner> <token> <ms>`. */
const [place = '', owner = '', life = ''] = process.argv.slice(2);
const token = process.env.TOKEN;
const state = token === undefined ? openSqlite(place, systemClock).daemonState : stateAt(place, token);
const leases = new SharedLeases(state);
const never = new AbortController().signal;
const say = (word: string, token: number, at: number) => process.stdout.write(`${word} ${owner} ${token} ${at}\n`);

for (;;) {
  const log = (message: string, error: unknown) => void process.stderr.write(`${message}: ${error}\n`);
  const held = await hold('run-1', owner, { leases, clock: systemClock, sleep, log, life: Number(life) });
  while (held !== undefined && !held.lost.aborted) {
    const now = systemClock.now();
    if (await leases.holds(held.lease, now)) say('works', held.lease.token, now);
    await sleep(5, held.lost);
  }
  if (held !== undefined) say('lost', held.lease.token, systemClock.now());
  await sleep(20, never);
}
