import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDaemonStores } from '../../daemon/stores.ts';
import { type TidyOptions, tidy } from '../../daemon/tidy.ts';
import { parseConfig } from '../../shared/config/parse.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import { pathsIn } from '../../shared/kernel/paths.ts';
import { anAlert } from '../contracts/inbox.ts';
import { anApproval } from '../support/builders.ts';
import { fakeClock } from '../support/clock.ts';
import { tempFolder } from '../support/gate-rig.ts';
import { BY_HAND } from '../support/run-rig.ts';
import { aWorkflow } from '../support/workflows.ts';

const DAY = 24 * 3_600_000;
const WORKFLOW = aWorkflow('name: check\nsteps:\n  - { name: look, agent: k8s-diagnostician, task: Look. }\n');

/** A machine without a dashboard, and the same file from outside. */
async function machine() {
  const clock = fakeClock();
  const paths = pathsIn(join(tempFolder(), '.claude'));
  const config = parseConfig('', 'k8s-agent.yaml');
  const stores = await openDaemonStores({ config, paths, env: {}, clock, log: () => {} });
  onTestFinished(() => stores.close());
  const plane = openSqlite(paths.database, clock);
  onTestFinished(() => plane.close());
  const catalog = { workflows: new Map([['check', WORKFLOW]]), problems: [], actions: new Map() };
  const tidied = (change: Partial<TidyOptions> = {}) =>
    tidy({ paths, stores, clock, leads: true, hasDashboard: false, catalog: async () => catalog, ...change });
  return { clock, paths, stores, plane, tidied };
}

type Machine = Awaited<ReturnType<typeof machine>>;

/** A run that has ended, one that has not, approvals of both kinds, and an alert. */
async function live({ clock, stores, plane }: Machine): Promise<void> {
  const at = clock.now();
  for (const run of ['run-over', 'run-open']) await stores.runs.start(WORKFLOW, { run, cause: BY_HAND });
  const end = { type: 'ended', status: 'succeeded', reason: '', outputs: {} } as const;
  await stores.runs.record('run-over', (_, now) => ({ ...end, at: now }));
  const over = await plane.approvals.open(anApproval({ id: 'ap-0000000001', createdAt: at, expiresAt: at + DAY }));
  await plane.approvals.swap('pending', { ...over, state: 'rejected' });
  await plane.approvals.open(anApproval({ id: 'ap-0000000002', key: 'key-2', createdAt: at, expiresAt: at + 1e12 }));
  await plane.inbox.receive('group', [anAlert()], at);
}

async function left({ stores, plane }: Machine) {
  return {
    runs: (await stores.runs.list()).map(({ run }) => run).sort(),
    approvals: (await plane.approvals.list()).map(({ id }) => id).sort(),
    inbox: (await plane.inbox.list()).length,
  };
}

const ALL = { runs: ['run-open', 'run-over'], approvals: ['ap-0000000001', 'ap-0000000002'], inbox: 1 };

it('forgets what was over 90 days ago, and nothing that is open', async () => {
  const one = await machine();
  await live(one);
  one.clock.advance(89 * DAY);
  await one.tidied();
  expect(await left(one)).toEqual(ALL);
  one.clock.advance(2 * DAY);
  await one.tidied();
  expect(await left(one)).toEqual({ runs: ['run-open'], approvals: ['ap-0000000002'], inbox: 0 });
});

it.each([
  ['another daemon leads', { leads: false }],
  ['a dashboard does it by itself', { hasDashboard: true }],
])('leaves history alone where %s', async (_, change) => {
  const one = await machine();
  await live(one);
  one.clock.advance(91 * DAY);
  await one.tidied(change);
  expect(await left(one)).toEqual(ALL);
});

it('deletes logs of runs of more than 90 days ago, and no record of what was done', async () => {
  const { paths, tidied } = await machine();
  const names = ['2026-08-20-check-run-1.jsonl', '2026-08-20-check-run-1.md', '2026-11-20-check-run-2.jsonl'];
  const others = ['2026-08-20-notes.txt', 'README.md'];
  mkdirSync(paths.workflowLogs, { recursive: true });
  for (const name of [...names, ...others]) writeFileSync(join(paths.workflowLogs, name), '');
  mkdirSync(paths.actionLogs, { recursive: true });
  writeFileSync(join(paths.actionLogs, '2026-08-20-actions.jsonl'), '');
  await tidied({ leads: false });
  expect(readdirSync(paths.workflowLogs).sort()).toEqual([
    '2026-08-20-notes.txt',
    '2026-11-20-check-run-2.jsonl',
    'README.md',
  ]);
  expect(readdirSync(paths.actionLogs)).toEqual(['2026-08-20-actions.jsonl']);
});

async function documents({ clock, stores: { daemonState } }: Machine) {
  const old = clock.now() - 31 * DAY;
  const put = (part: string, key: string, value: Record<string, number | string>) =>
    daemonState.swap(part, key, 0, { value });
  for (const day of ['2026-11-10', '2026-11-20']) await put('spending', day, { spent: 1 });
  await put('problems', 'over', { since: old, over: old });
  await put('problems', 'lasting', { since: old });
  for (const key of ['check', 'gone']) {
    await put('schedule', key, { after: old });
    await put('breakers', key, { kind: 'closed', at: old });
  }
  await put('schedule', 'gone-yesterday', { after: clock.now() - DAY });
  return async () => {
    const parts = await Promise.all(['spending', 'problems', 'schedule', 'breakers'].map((of) => daemonState.list(of)));
    return parts.map((part) => part.map(({ key }) => key));
  };
}

it('forgets past budgets, problems that are over, and workflows that have been gone for a month', async () => {
  const one = await machine();
  const kept = await documents(one);
  await one.tidied();
  expect(await kept()).toEqual([['2026-11-20'], ['lasting'], ['check', 'gone-yesterday'], ['check']]);
});

it('forgets no workflow while a file cannot be read', async () => {
  const one = await machine();
  const kept = await documents(one);
  const problems = [{ file: 'gone.yaml', line: 1, column: 1, reason: 'it is empty' }];
  await one.tidied({ catalog: async () => ({ workflows: new Map(), problems }) });
  expect((await kept()).slice(2)).toEqual([
    ['check', 'gone', 'gone-yesterday'],
    ['check', 'gone'],
  ]);
});
