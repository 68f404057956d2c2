import manifest from '../../package.json' with { type: 'json' };
import { effectsOf } from '../../shared/audit/effects.ts';
import { boot, runServer, scrubEnvironment } from '../../shared/boot/boot.ts';
import { publishLater } from '../../shared/boot/publishing.ts';
import { Sessions } from '../../shared/boot/sessions.ts';
import type { Attempt } from '../../shared/drive/forward.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { once } from '../../shared/kernel/once.ts';
import { workflowsToolset } from './toolset.ts';

/** Joins the adapters of the workflows server to their ports, and serves. */
export function run(env: NodeJS.ProcessEnv): void {
  scrubEnvironment(env);
  const { ports, ...booted } = boot('workflows', env);
  const { paths, log } = booted;
  // The engine, its expressions and the database come with the first question.
  const runs = once(async () => (await import('../../shared/boot/runs.ts')).openRuns(paths, systemClock, log).runs);
  const catalog = async () => (await import('../../shared/config/workflows.ts')).installedWorkflows(paths);
  const effects = (attempt: Attempt) => effectsOf(paths.actionLogs, attempt);
  const deps = { runs, catalog, ports, effects, sessions: new Sessions(paths.sessions) };
  publishLater({ paths, config: booted.config, env, log });
  runServer(workflowsToolset(deps), { ...booted, ports }, manifest.version);
}
