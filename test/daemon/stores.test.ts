import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { hold } from '../../daemon/lease/heartbeat.ts';
import { sleep } from '../../daemon/sleep.ts';
import { type DaemonStores, openDaemonStores } from '../../daemon/stores.ts';
import { Approvals } from '../../shared/approvals/approvals.ts';
import { parseConfig } from '../../shared/config/parse.ts';
import type { ControlPlane } from '../../shared/control-plane/ports.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { pathsIn } from '../../shared/kernel/paths.ts';
import { anAlert } from '../contracts/inbox.ts';
import { anApproval } from '../support/builders.ts';
import { tempFolder } from '../support/gate-rig.ts';
import { type Replica, replica } from '../support/replica.ts';
import { BY_HAND } from '../support/run-rig.ts';
import { aWorkflow } from '../support/workflows.ts';

const signal = new AbortController().signal;
const WORKFLOW = aWorkflow('name: check\nsteps:\n  - { name: look, agent: k8s-diagnostician, task: Look. }\n');

interface Machine {
  readonly stores: DaemonStores;
  readonly paths: ReturnType<typeof pathsIn>;
  readonly logged: readonly string[];
}

async function machine(yaml: string): Promise<Machine> {
  const paths = pathsIn(join(tempFolder(), '.claude'));
  const logged: string[] = [];
  const log = (message: string) => void logged.push(message);
  const config = parseConfig(yaml, 'k8s-agent.yaml');
  const stores = await openDaemonStores({ config, paths, env: {}, clock: systemClock, log });
  onTestFinished(() => stores.close());
  return { stores, paths, logged };
}

async function dashboardElsewhere(): Promise<{ plane: ControlPlane; dashboard: Replica; yaml: string }> {
  const plane = openSqlite(join(tempFolder(), 'dashboard.db'), systemClock);
  onTestFinished(() => plane.close());
  const dashboard = await replica(plane, systemClock, 'daemon');
  const token = join(tempFolder(), 'token');
  writeFileSync(token, `${dashboard.token}\n`);
  return { plane, dashboard, yaml: `dashboard: {url: '${dashboard.url}', token_file: ${token}}` };
}

/** Where everything is that daemons share, and a daemon’s stores there. */
const PLACES: readonly (readonly [name: string, open: () => Promise<Machine & { readonly plane: ControlPlane }>])[] = [
  [
    'this machine’s file',
    async () => {
      const here = await machine('');
      const plane = openSqlite(here.paths.database, systemClock);
      onTestFinished(() => plane.close());
      return { ...here, plane };
    },
  ],
  [
    'a dashboard elsewhere',
    async () => {
      const { plane, yaml } = await dashboardElsewhere();
      return { ...(await machine(yaml)), plane };
    },
  ],
];

describe.each(PLACES)('what a daemon keeps in %s', (_, open) => {
  it('is there for whoever opens it next: runs, leases, records, incidents and approvals', async () => {
    const { stores, plane, paths } = await open();
    const { run } = await stores.runs.start(WORKFLOW, { cause: BY_HAND });
    await stores.leases.claim(run, 'a', 0, 1_000);
    await stores.records('notes', z.object({ n: z.number() })).update('check', () => ({ n: 1 }));
    await stores.incidents.take('in-1', 1, 'shop/web', () => ({
      incident: { run, key: 'shop/web', workflow: 'check', openedAt: 0, newsAt: 0, alerts: 1, firing: ['in-1'] },
    }));
    const now = systemClock.now();
    await stores.approving.approvals.request(anApproval({ createdAt: now, expiresAt: now + 900_000 }));

    expect((await plane.runs.list()).map((row) => row.run)).toEqual([run]);
    expect(await stores.leases.abandoned(1_000)).toEqual([run]);
    expect((await plane.daemonState.list('notes')).map(({ key, value }) => [key, value])).toEqual([
      ['check', { n: 1 }],
    ]);
    expect(await stores.incidents.list()).toMatchObject([{ key: 'shop/web' }]);
    expect(await plane.approvals.list({ states: ['pending'] })).toHaveLength(1);
    const stored = await plane.daemonState.list('incidents');
    expect(stored.map(({ key }) => key)).toEqual(['shop/web']);
    expect(readdirSync(paths.workflowLogs).join()).toContain(run);
  });

  it('is told of a person’s answer, and of what arrives in the inbox', async () => {
    const { stores, plane } = await open();
    expect(await stores.inbox.arrived(10, signal)).toEqual([]);
    const waiting = stores.inbox.arrived(20_000, signal);
    await plane.inbox.receive('group', [anAlert()], 1_000);
    const [entry] = await waiting;
    expect(entry).toMatchObject({ version: 1, body: { kind: 'alert' } });
    expect(await stores.inbox.acknowledge(entry?.id ?? '', 1, 'run-1')).toBe(true);
    expect(await stores.inbox.waiting()).toEqual([]);
    expect(await stores.inbox.list()).toMatchObject([{ run: 'run-1' }]);

    const now = systemClock.now();
    const { approval } = await stores.approving.approvals.request(
      anApproval({ createdAt: now, expiresAt: now + 900_000 }),
    );
    await new Approvals(plane.approvals, systemClock).settle(approval.id, {
      decision: 'approve',
      by: 'ada',
      via: 'dashboard',
    });
    expect(await stores.approving.approvals.get(approval.id)).toMatchObject({
      state: 'approved',
      settled: { by: 'ada' },
    });
  });

  it('waits no longer for the inbox than it is let', async () => {
    const { stores } = await open();
    const stop = new AbortController();
    const waiting = stores.inbox.arrived(40_000, stop.signal);
    stop.abort();
    expect(await waiting).toEqual([]);
    expect(await stores.inbox.arrived(40_000, stop.signal)).toEqual([]);
  });

  it('shows what is published and what was done', async () => {
    const { stores, plane } = await open();
    await stores.board.publishWorkflows({ at: 1, by: 'daemon', workflows: [] });
    expect(await plane.board.workflows()).toMatchObject({ by: 'daemon' });
    expect(await stores.actions.list({ workflow: 'check' })).toEqual({ records: [] });
  });
});

describe('a dashboard elsewhere that is away', () => {
  it('keeps no daemon from starting, and each call says so until it is back', async () => {
    const { plane, dashboard, yaml } = await dashboardElsewhere();
    await dashboard.stop();
    const { stores, logged } = await machine(yaml);
    expect(stores.isRemote).toBe(true);
    const records = stores.records('notes', z.object({ n: z.number() }));
    const calls = [
      () => stores.runs.start(WORKFLOW, { cause: BY_HAND }),
      () => stores.leases.claim('run-1', 'a', 0, 1_000),
      () => stores.incidents.effects(),
      () => records.update('check', () => ({ n: 1 })),
      () => stores.inbox.arrived(10, signal),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ name: 'OpsError', code: 'unreachable' });
    await dashboard.start();
    for (const call of calls) await call();
    expect(await plane.runs.list()).toHaveLength(1);
    expect(logged).toEqual([]);
  });

  it.each([404, 429, 502, 503, 504])('is away where a proxy answers %i for it, and nothing is gone', async (status) => {
    const proxy = createServer((_, response) => response.writeHead(status, { 'content-type': 'text/html' }).end('<p>'));
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void proxy.close());
    const token = join(tempFolder(), 'token');
    writeFileSync(token, 'a-token\n');
    const address = proxy.address();
    const port = typeof address === 'object' ? address?.port : '';
    const { stores } = await machine(`dashboard: { url: 'http://127.0.0.1:${port}', token_file: ${token} }`);
    const calls = [
      () => stores.runs.start(WORKFLOW, { cause: BY_HAND }),
      () => stores.runs.find('run-1'),
      () => stores.approving.approvals.get('ap-1'),
      () => stores.leases.claim('run-1', 'a', 0, 1_000),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ name: 'OpsError', code: 'unreachable' });
  });

  it('takes no run from who drives it, unless it stays away', async () => {
    const { dashboard, yaml } = await dashboardElsewhere();
    const { leases } = (await machine(yaml)).stores;
    const logged: string[] = [];
    const log = (message: string) => void logged.push(message);
    const held = await hold('run-1', 'a', { leases, clock: systemClock, sleep, log, life: 6_000 });
    if (held === undefined) throw new Error('nobody else has it');
    await dashboard.stop();
    await vi.waitFor(() => expect(logged).toHaveLength(1), { timeout: 6_000 });
    await dashboard.start();
    const renewed = async () => expect(await leases.holds(held.lease, held.lease.expiresAt)).toBe(true);
    await vi.waitFor(renewed, { timeout: 6_000 });
    expect(held.lost.aborted).toBe(false);
    await dashboard.stop();
    await vi.waitFor(() => expect(held.lost.aborted).toBe(true), { timeout: 10_000 });
  });

  it('leaves this machine’s file without runs', async () => {
    const { yaml } = await dashboardElsewhere();
    const { stores, paths } = await machine(yaml);
    await stores.runs.start(WORKFLOW, { cause: BY_HAND });
    const here = openSqlite(paths.database, systemClock);
    onTestFinished(() => here.close());
    expect(await here.runs.list()).toEqual([]);
    expect(existsSync(paths.workflowLogs)).toBe(true);
  });
});
