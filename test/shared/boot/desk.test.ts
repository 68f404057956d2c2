import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Approvals } from '../../../shared/approvals/approvals.ts';
import { AuditLog } from '../../../shared/audit/log.ts';
import { openApprovals } from '../../../shared/boot/desk.ts';
import { shipLater } from '../../../shared/boot/shipping.ts';
import { parseConfig } from '../../../shared/config/parse.ts';
import { openSqlite } from '../../../shared/control-plane/sqlite/open.ts';
import type { Desk } from '../../../shared/gate/ports.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { pathsIn } from '../../../shared/kernel/paths.ts';
import { anEntry } from '../../contracts/action-log.ts';
import { aCall, anApproval } from '../../support/builders.ts';
import { gateRig, tempFolder } from '../../support/gate-rig.ts';
import { replica } from '../../support/replica.ts';

const YES = { decision: 'approve', by: 'anna', via: 'dashboard' } as const;
const signal = new AbortController().signal;

function machine(yaml: string) {
  const paths = pathsIn(join(tempFolder(), '.claude'));
  mkdirSync(paths.state, { recursive: true });
  return { config: parseConfig(yaml, 'k8s-agent.yaml'), paths, env: {}, clock: systemClock };
}

/** A dashboard on another machine, and what a server of this one knows of it. */
async function elsewhere() {
  const plane = openSqlite(join(tempFolder(), 'dashboard.db'), systemClock);
  onTestFinished(() => plane.close());
  const dashboard = await replica(plane, systemClock, 'agent');
  const token = join(tempFolder(), 'token');
  writeFileSync(token, `${dashboard.token}\n`);
  return { plane, dashboard, ...machine(`dashboard: {url: '${dashboard.url}', token_file: ${token}}`) };
}

function present(desk: Desk | undefined): Desk {
  if (desk === undefined) throw new Error('no desk');
  return desk;
}

const fresh = (id = 'ap-1') => anApproval({ id, key: id, createdAt: Date.now(), expiresAt: Date.now() + 900_000 });

describe('where a server asks for approvals', () => {
  it('is this machine’s file, and no desk, without a dashboard', async () => {
    const { approvals, desk } = await openApprovals(machine(''));
    expect((await approvals.request(fresh())).approval.state).toBe('pending');
    expect(desk).toBeUndefined();
  });

  it('is this machine’s file, at which a daemon’s server waits for as long as the daemon says', async () => {
    const env = { K8S_AGENT_RUN: 'run-1', K8S_AGENT_APPROVAL_WAIT: '3' };
    const { approvals, desk } = await openApprovals({ ...machine(''), env });
    await approvals.request(fresh());
    expect(present(desk).wait).toBe(3_000);
    expect(await present(desk).link('ap-1')).toBeUndefined();
    const waiting = present(desk).changed('ap-1', 20_000, signal);
    await approvals.settle('ap-1', YES);
    expect(await waiting).toMatchObject({ state: 'approved' });
  });

  it('is the file that a dashboard on this machine shares', async () => {
    const place = machine('dashboard: {url: http://127.0.0.1:8080/}\napprovals: {wait: 7}');
    const { approvals, desk } = await openApprovals(place);
    await approvals.request(fresh());
    expect(present(desk).wait).toBe(7_000);
    expect(await present(desk).link('ap-1')).toBe('http://127.0.0.1:8080/pending/ap-1');
    const plane = openSqlite(place.paths.database, systemClock);
    onTestFinished(() => plane.close());
    const waiting = present(desk).changed('ap-1', 20_000, signal);
    await new Approvals(plane.approvals, systemClock).settle('ap-1', YES);
    expect(await waiting).toMatchObject({ state: 'approved' });
  });

  it('is refused where a dashboard elsewhere is set without a token', async () => {
    const opening = openApprovals(machine('dashboard: {url: https://agent.lan}'));
    await expect(opening).rejects.toMatchObject({
      code: 'config_invalid',
      hint: expect.stringContaining('token_file'),
    });
  });

  it('is the dashboard elsewhere that a token is set for', async () => {
    const { plane, dashboard, ...place } = await elsewhere();
    const { approvals, desk } = await openApprovals(place);
    await approvals.request(fresh());
    expect(await present(desk).link('ap-1')).toBe(`${dashboard.url}/pending/ap-1`);
    const waiting = present(desk).changed('ap-1', 20_000, signal);
    await new Approvals(plane.approvals, systemClock).settle('ap-1', YES);
    expect(await waiting).toMatchObject({ state: 'approved' });
  });

  it('is this machine while that one does not answer, and it says so by having no link', async () => {
    const { dashboard, ...place } = await elsewhere();
    const { approvals, desk } = await openApprovals(place);
    await dashboard.stop();
    await approvals.request(fresh());
    expect(await present(desk).link('ap-1')).toBeUndefined();
    expect(await present(desk).changed('ap-1', 1, signal)).toMatchObject({ state: 'pending' });
  });
});

describe('a change while the dashboard does not answer', () => {
  async function gate() {
    const { dashboard, ...place } = await elsewhere();
    await dashboard.stop();
    const { approvals, desk } = await openApprovals({
      ...place,
      config: { ...place.config, approvals: { expires: 15, wait: 0 } },
    });
    return gateRig({ ports: { clock: systemClock, approvals: () => approvals, desk: async () => desk } });
  }

  it('waits for the terminal of this machine, and says why', async () => {
    const verdict = await (await gate()).pass(aCall(), { canAsk: false });
    expect(verdict).toMatchObject({
      text: expect.stringMatching(/k8s-agent approve ap-\w+ \(or reject\), since the dashboard cannot be reached/),
    });
  });

  it('runs after a yes in the dialog', async () => {
    const rig = await gate();
    const asked = await rig.pass(aCall());
    if (asked.kind !== 'ask') throw new Error('nobody was asked');
    const { approval, calledAt } = asked;
    const reply = { approval, calledAt, askedAt: calledAt, action: 'accept', decision: 'approve' } as const;
    expect(await rig.pass(aCall(), { reply })).toMatchObject({ isError: false, text: 'scaled' });
    expect(rig.records().at(-1)?.approval).toMatchObject({ type: 'user-confirmed', by: 'anna', via: 'terminal' });
  });
});

describe('the audit log of a machine', () => {
  it('arrives at the dashboard some seconds after the start of a server', async () => {
    const { plane, config, paths } = await elsewhere();
    const audit = new AuditLog({ folder: paths.actionLogs, writer: 'kubectl-1', clock: systemClock });
    onTestFinished(() => audit.close());
    const record = await audit.append(anEntry());
    const problems: string[] = [];
    const log = (message: string) => problems.push(message);
    onTestFinished(shipLater({ paths, config: async () => config, env: {}, writer: 'kubectl-1', log }));
    await vi.waitFor(async () => expect((await plane.actions.list()).records).toEqual([record]), { timeout: 15_000 });
    expect(problems).toEqual([]);
  });
});
