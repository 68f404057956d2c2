import type { Config } from '../config/schema.ts';
import type { GatePorts } from '../gate/ports.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { once } from '../kernel/once.ts';
import type { Paths } from '../kernel/paths.ts';
import { Sessions } from './sessions.ts';

/**
 * Finds the step that a call belongs to: by the session that the guard hook has written down, or by the run that this
 * process was started for. Nothing that a model fills in names a run. Most calls belong to none, and load nothing.
 */
export function runStepFinder(options: {
  readonly paths: Paths;
  readonly config: () => Promise<Config>;
  /** `K8S_AGENT_RUN` is the run that this process serves alone: a daemon’s, which is where daemons keep theirs. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
}): NonNullable<GatePorts['runStep']> {
  const { paths, config, env, clock, log } = options;
  const run = env.K8S_AGENT_RUN;
  const sessions = new Sessions(paths.sessions);
  const runs = once(async () => {
    const { openDaemonRuns, openRuns } = await import('./runs.ts');
    if (run === undefined) return openRuns(paths, clock, log).runs;
    return openDaemonRuns({ config: await config(), paths, env, clock }, log);
  });
  return async (call, caller) => {
    const candidates = run === undefined ? sessions.runsOf(caller.session) : [run];
    if (candidates.length === 0) return undefined;
    const { findRunStep } = await import('./find-run-step.ts');
    return findRunStep({ candidates, call, caller, runs: await runs(), paths, clock });
  };
}
