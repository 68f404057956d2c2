import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { AuditLog } from '../audit/log.ts';
import { readConfig } from '../config/config.ts';
import type { Config } from '../config/schema.ts';
import { policyFrom } from '../config/settings.ts';
import type { FaultPoint, GatePorts } from '../gate/ports.ts';
import { systemClock } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import { type Log, stderrLog } from '../kernel/log.ts';
import { once } from '../kernel/once.ts';
import { type Paths, pathsIn } from '../kernel/paths.ts';
import { identifyFrom, ofRun } from '../tool/identity.ts';
import { serve } from '../tool/mcp-server.ts';
import type { Toolset } from '../tool/toolset.ts';
import { openApprovals } from './desk.ts';
import { endWithDaemon } from './orphan.ts';
import { runStepFinder } from './run-step.ts';
import { shipLater } from './shipping.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Booted {
  readonly paths: Paths;
  /** The run that this process was started for, by the daemon; undefined in a chat. */
  readonly run: { readonly id: string; readonly agent?: string; readonly daemon?: number } | undefined;
  readonly ports: GatePorts;
  readonly log: Log;
  /** Throws an OpsError with line and column where the file is wrong: tools answer with it. */
  readonly config: () => Promise<Config>;
}

/** Milliseconds that a change may take; a drain of a small node fits. */
const DEADLINE = 120_000;

/** Joins the adapters of this machine to the gate's ports: what every server's main.ts does first. */
export function boot(server: string, env: Environment): Booted {
  const paths = pathsIn(env.K8S_AGENT_HOME ?? join(homedir(), '.claude'));
  const log = stderrLog(server);
  const writer = newId(`${server}-${process.pid}`);
  const config = once(() => readConfig(paths.config));
  // The database is opened with the first approval: a server that only reads never loads it.
  const approving = once(async () => openApprovals({ config: await config(), paths, env, clock: systemClock }));
  const ports: GatePorts = {
    policy: policyFrom(paths.settings),
    approvals: async () => (await approving()).approvals,
    desk: async () => (await approving()).desk,
    audit: new AuditLog({ folder: paths.actionLogs, writer, clock: systemClock }),
    clock: systemClock,
    runStep: runStepFinder({ paths, config, env, clock: systemClock, log }),
    limits: async () => {
      const { expires } = (await config()).approvals;
      const clientPatience = patienceOf(env);
      return { approvalLife: expires * 60_000, clientPatience, deadline: DEADLINE, person: userInfo().username };
    },
    log,
    ...faultPoints(env),
  };
  shipLater({ paths, config, env, writer, log });
  return { paths, run: runOf(env), ports, log, config };
}

export function runServer(toolset: Toolset, { paths, run, log }: Booted, version: string): void {
  if (run?.daemon !== undefined) endWithDaemon(run.daemon);
  serve({
    toolset: run === undefined ? toolset : unattended(toolset),
    version,
    identify: run === undefined ? identifyFrom(paths.calls) : ofRun(run.id, run.agent),
    onError: (error) => log('the connection failed', error),
  });
}

function runOf({ K8S_AGENT_RUN: id, K8S_AGENT_AGENT: agent, K8S_AGENT_DAEMON: daemon }: Environment): Booted['run'] {
  if (id === undefined) return undefined;
  return { id, ...(agent !== undefined && { agent }), ...(daemon !== undefined && { daemon: Number(daemon) }) };
}

/** Behind a daemon's client is no person: it is asked nothing, and nothing that it says is somebody's answer. */
function unattended(toolset: Toolset): Toolset {
  return {
    ...toolset,
    call: (tool, raw, { reply: _, ...caller }) => toolset.call(tool, raw, { ...caller, canAsk: false }),
  };
}

/** What a child (kubectl, an exec plugin) must not inherit: the client's own keys. */
export function scrubEnvironment(env: NodeJS.ProcessEnv): void {
  for (const key of Object.keys(env)) if (/^(ANTHROPIC|CLAUDE|OPENAI)_|_API_KEY$/.test(key)) delete env[key];
}

/** Claude Code's time for one tool call, in milliseconds: servers inherit its environment. A little less, for the way. */
function patienceOf({ MCP_TOOL_TIMEOUT }: Environment): number {
  const timeout = Number(MCP_TOOL_TIMEOUT);
  return timeout > 0 ? timeout * 0.9 : Number.POSITIVE_INFINITY;
}

/** True in test builds only; esbuild takes the branch out of every other. */
declare const FAULT_POINTS: boolean | undefined;

function faultPoints(env: Environment): { faultPoint?: (point: FaultPoint) => void } {
  if (typeof FAULT_POINTS === 'undefined' || !FAULT_POINTS) return {};
  return { faultPoint: (point) => point === env.K8S_AGENT_FAULT_POINT && process.kill(process.pid, 'SIGKILL') };
}
