import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Tokens } from '../../dashboard/auth/tokens.ts';
import { AuditLog } from '../../shared/audit/log.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { pathsIn } from '../../shared/kernel/paths.ts';
import { tempFolder } from '../support/gate-rig.ts';

const CLI = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

it('a dashboard on a laptop shows the audit log, the workflows and the status of its machine, without a server that sends them', async () => {
  const home = tempFolder();
  const paths = pathsIn(home);
  cpSync(fileURLToPath(new URL('../../workflows', import.meta.url)), paths.workflows, { recursive: true });
  const log = new AuditLog({ folder: paths.actionLogs, writer: 'kubectl-1-test', clock: systemClock });
  const record = await log.append({
    ...{ phase: 'outcome', call: 'call-1', server: 'kubectl', tool: 'get', action: [{ verb: 'list', kind: 'Pod' }] },
    ...{ inputs: {}, masked: [], tier: 'safe', approval: { type: 'auto' } },
    outcome: { status: 'ok', message: '3 pods', durationMs: 4 },
  });
  const store = openSqlite(paths.database, systemClock);
  const { token } = await new Tokens(store.documents, systemClock).create('test', 'agent');
  await store.close();

  const dashboard = execa(process.execPath, [CLI, '--home', home, 'dashboard', '--port', '0'], {
    env: { PATH: '/usr/bin:/bin', HOME: home },
    extendEnv: false,
    all: true,
    reject: false,
    forceKillAfterDelay: 10_000,
  });
  onTestFinished(async () => {
    dashboard.kill('SIGTERM');
    await dashboard;
  });
  const url = await new Promise<string>((resolve, reject) => {
    dashboard.all.on('data', (text) => {
      const found = /listens on (http:\/\/127\.0\.0\.1:\d+)/.exec(String(text))?.[1];
      if (found !== undefined) resolve(found);
    });
    dashboard.then(({ all }) => reject(new Error(`it ended: ${all}`)));
  });
  const get = async (path: string) =>
    (await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })).json();
  await vi.waitFor(async () => expect(await get('/api/actions')).toMatchObject({ records: [record] }), {
    timeout: 30_000,
  });
  await vi.waitFor(
    async () =>
      expect(await get('/api/workflows')).toMatchObject({
        workflows: expect.arrayContaining([expect.objectContaining({ name: 'cluster-health-check' })]),
      }),
    { timeout: 30_000 },
  );
  // Nothing is set up here: the page says so, and how to.
  await vi.waitFor(
    async () =>
      expect(await get('/api/status')).toMatchObject({ nodes: { error: expect.stringContaining('kubeconfig') } }),
    { timeout: 30_000 },
  );
}, 120_000);
