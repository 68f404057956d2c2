import { hold } from '../../daemon/lease/heartbeat.ts';
import { SqliteLeases } from '../../daemon/lease/sqlite.ts';
import { sleep } from '../../daemon/sleep.ts';
import { systemClock } from '../../shared/kernel/clock.ts';

/** A daemon that does nothing but hold one run, and says when it may work on it: `works|lost <owner> <token> <ms>`. */
const [file = '', owner = '', life = ''] = process.argv.slice(2);
const leases = new SqliteLeases(file);
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
