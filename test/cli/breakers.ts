import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { savePassphrase } from '../../cli/passphrase/passphrase.ts';
import { openBreakers } from '../../daemon/breaker/open.ts';
import { openDaemonStores } from '../../daemon/stores.ts';
import { readConfig } from '../../shared/config/config.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import type { RunStatus } from '../../shared/workflow/state.ts';
import { aCreated, aRow } from '../contracts/run-store.ts';
import { tempFolder } from '../support/gate-rig.ts';
import { replica } from '../support/replica.ts';
import { NOW } from './machine.ts';
import { aWorkflowMachine, type WorkflowMachine } from './workflows.ts';

export const PASSPHRASE = 'correct horse';

/** A machine whose daemon has stopped rollback-app, here or with its state at a dashboard. */
export async function aStoppedMachine(
  where: 'here' | 'at a dashboard' = 'here',
  given: Parameters<typeof aWorkflowMachine>[0] = {},
) {
  const made = aWorkflowMachine(given);
  await savePassphrase(made.context.paths.passphrase, PASSPHRASE);
  if (where === 'at a dashboard') await useDashboard(made);
  const stores = await daemonStores(made);
  onTestFinished(() => stores.close());
  for (const n of [1, 2, 3]) await ended(`run-${n}`, 'failed');
  async function ended(run: string, status: RunStatus) {
    const times = { createdAt: NOW - 1_000, updatedAt: NOW - 1_000 };
    await stores.runStore.append(0, aCreated(run), aRow({ run, workflow: 'rollback-app', status, ...times }));
  }
  const breakers = openBreakers(stores, made.context.clock);
  await breakers.check('rollback-app');
  return { ...made, breakers };
}

async function useDashboard({ file, machine: { clock } }: WorkflowMachine) {
  const plane = openSqlite(join(tempFolder(), 'dashboard.db'), clock);
  onTestFinished(() => plane.close());
  const { url, token } = await replica(plane, clock, 'daemon');
  file('.claude/k8s-agent.yaml', `dashboard: { url: "${url}", token_file: ${file('token', token)} }\n`);
}

async function daemonStores({ context: { paths, env, clock } }: WorkflowMachine) {
  return openDaemonStores({ config: await readConfig(paths.config), paths, env, clock, log: () => {} });
}
