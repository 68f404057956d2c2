import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { savePassphrase } from '../../cli/passphrase/passphrase.ts';
import { runCli } from '../../cli/program.ts';
import { HttpApprovalStore } from '../../shared/control-plane/client/stores.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import { anApproval } from '../support/builders.ts';
import { tempFolder } from '../support/gate-rig.ts';
import { replica } from '../support/replica.ts';
import { aMachine, NOW } from './machine.ts';

const PASSPHRASE = 'correct horse';

/** A machine whose approvals are at a dashboard elsewhere, with one that waits there: its own, or that of another one. */
async function machineOfADashboard(asker: 'itself' | 'another' = 'itself') {
  const made = aMachine({ answers: [PASSPHRASE], interactive: true });
  const { clock } = made.machine;
  const plane = openSqlite(join(tempFolder(), 'dashboard.db'), clock);
  onTestFinished(() => plane.close());
  const { url, token, client, dashboard } = await replica(plane, clock, 'agent');
  made.file('.claude/k8s-agent.yaml', `dashboard: { url: "${url}", token_file: ${made.file('token', token)} }\n`);
  await savePassphrase(made.context.paths.passphrase, PASSPHRASE);
  const other = { token: { value: (await dashboard.tokens.create('another', 'agent')).token } };
  const asks = new HttpApprovalStore(client(asker === 'itself' ? {} : other));
  const { id } = await asks.open(anApproval({ createdAt: NOW, expiresAt: NOW + 900_000 }));
  return { ...made, plane, id };
}

describe('approvals that are at a dashboard on another machine', () => {
  it('are listed and shown in the terminal', async () => {
    const { machine, id, output } = await machineOfADashboard();
    expect(await runCli(['approvals', 'list'], machine)).toBe(0);
    expect(await runCli(['approvals', 'show', id], machine)).toBe(0);
    expect(output()).toContain('scale Deployment/web in shop');
  });

  it('are answered in the terminal, and count for this machine alone from then on', async () => {
    const { machine, id, plane, context, output } = await machineOfADashboard();
    expect(await runCli(['approve', id], machine)).toBe(0);
    expect(output()).toContain(`${id} is approved`);
    expect(await plane.approvals.get(id)).toMatchObject({ state: 'void', result: expect.stringContaining('by ada') });
    const here = openSqlite(context.paths.database, machine.clock);
    onTestFinished(() => here.close());
    expect(await here.approvals.get(id)).toMatchObject({ state: 'approved', settled: { by: 'ada', via: 'cli' } });
  });

  it('are not taken from the machine that asks, which alone could go on with them', async () => {
    const { machine, id, plane, output } = await machineOfADashboard('another');
    expect(await runCli(['approve', id], machine)).toBe(1);
    expect(output()).toContain('Answer it in the dashboard');
    expect(await plane.approvals.get(id)).toMatchObject({ state: 'pending' });
  });
});
