import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { contextFor } from '../../cli/context.ts';
import { up } from '../../cli/up-exec.ts';
import type { Daemon } from '../../daemon/daemon.ts';
import type { DaemonView } from '../../daemon/view.ts';
import { systemClock } from '../../shared/kernel/clock.ts';

/**
 * `k8s-agent up` with a daemon that works on nothing: FIXTURE_VIEW is its view, and FIXTURE_DRAIN the milliseconds
 * that it takes to come to its end. It says which address of a dashboard it was given.
 */
const { FIXTURE_VIEW = '{}', FIXTURE_DRAIN = '0', ...env } = process.env;
const given: Partial<DaemonView> = JSON.parse(FIXTURE_VIEW);

const context = contextFor(
  {
    env,
    clock: systemClock,
    homeFolder: homedir(),
    person: userInfo().username,
    node: process.execPath,
    nodeVersion: process.versions.node,
    root: join(import.meta.dirname, '../..'),
    terminal: {
      write: (text) => process.stdout.write(text),
      writeError: (text) => process.stderr.write(text),
      isInteractive: process.stdin.isTTY === true && process.stdout.isTTY === true,
      askPassword: async () => '',
    },
  },
  undefined,
);
const [port, ...flags] = process.argv.slice(2);
const options = {
  ...(port && { port }),
  dashboard: !flags.includes('--no-dashboard'),
  view: !flags.includes('--no-view'),
};
process.exitCode = await up(context, options, async ({ env: inside, dashboardUrl, tell }): Promise<Daemon> => {
  const startedAt = Date.now();
  tell({ at: startedAt, level: 'info', text: `daemon: ${dashboardUrl} ${inside.K8S_AGENT_DASHBOARD_URL}` });
  return {
    run: async (signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await setTimeout(Number(FIXTURE_DRAIN));
    },
    view: async () => ({
      ...{ owner: 'pi-1', startedAt, leads: true, runs: [], problems: [], nextRuns: [], pending: [] },
      ...{ spentTodayUsd: 0, budgetTodayUsd: 25, ...given },
    }),
  };
});
