import { writeSync } from 'node:fs';
import { move } from '../../shared/approvals/approval.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { aChain } from '../contracts/action-log.ts';
import { anAlert } from '../contracts/inbox.ts';
import { anApproval } from './builders.ts';

/**
 * Creates and settles 1,000 approvals at once, in the same order as its rivals, and says what the store has
 * acknowledged: `open ID`, `approved ID` or `rejected ID`, `claimed ID`, `shipped ID`, `received ID`.
 */
const [file = '', me = '', first = '0'] = process.argv.slice(2);
const plane = openSqlite(file, systemClock);
const said = (what: string, id: string) => writeSync(1, `${what} ${id}\n`);

await Promise.all(Array.from({ length: 1_000 }, (_, n) => settle(`${Number(first) + n}`)));
said('done', me);

async function settle(n: string): Promise<void> {
  const approval = anApproval({ id: `ap-${n}`, key: n });
  await plane.approvals.open(approval);
  said('open', approval.id);
  const settled = { at: 1, by: me, via: 'cli' } as const;
  const state = Number(n) % 2 === (me === 'a' ? 0 : 1) ? 'approved' : 'rejected';
  const verdict = move(approval, state, { settled });
  if (await plane.approvals.swap('pending', verdict)) said(state, approval.id);
  await claim(approval.id);
  await ship(n);
}

async function claim(id: string): Promise<void> {
  const stored = await plane.approvals.get(id);
  if (stored?.state !== 'approved') return;
  const mine = move(stored, 'executing', { claim: { at: 1, writer: me, call: me, deadline: 2 } });
  if (await plane.approvals.swap('approved', mine)) said('claimed', id);
}

async function ship(n: string): Promise<void> {
  const [record] = aChain(`${me}-${n}`, [{}]);
  if (record !== undefined) await plane.actions.ship([record]);
  said('shipped', `au-${me}-${n}-1`);
  const [entry] = await plane.inbox.receive('g', [anAlert({ fingerprint: n })], 1);
  said('received', entry?.id ?? 'nothing');
}
