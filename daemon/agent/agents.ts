import { randomUUID } from 'node:crypto';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { Log } from '../../shared/kernel/log.ts';
import type { Paths } from '../../shared/kernel/paths.ts';
import { maskText } from '../../shared/kernel/secrets.ts';
import { ClientProcesses } from './client-exec.ts';
import { missingFor } from './missing.ts';
import { prepare } from './prepare.ts';
import { reasonOf } from './reasons.ts';
import type { ServerOptions } from './servers.ts';
import { runSession } from './session.ts';
import type { SessionEnd } from './session-end.ts';
import type { AgentOutcome, AgentTask } from './task.ts';
import { Transcripts } from './transcripts.ts';

export type { AgentOutcome, AgentTask } from './task.ts';

export interface Agents {
  /** What is missing before an agent can work, and how to set it; undefined where nothing is. Asks no service. */
  missing(): Promise<OpsError | undefined>;
  /** Never throws for what an agent or the service does; ends soon after `signal` is aborted, as failed. */
  run(task: AgentTask, signal: AbortSignal): Promise<AgentOutcome>;
}

export interface AgentsOptions extends ServerOptions {
  readonly log: Log;
}

export function openAgents(options: AgentsOptions): Agents {
  const { env, paths } = options;
  return {
    missing: () => missingFor(env, paths),
    run: (task, signal) => runTask(options, task, signal),
  };
}

/** Deletes what sessions of agents have left behind before this time, in milliseconds since the epoch. */
export function pruneTranscripts(paths: Paths, before: number): Promise<void> {
  return new Transcripts(paths).prune(before);
}

async function runTask(options: AgentsOptions, task: AgentTask, signal: AbortSignal): Promise<AgentOutcome> {
  const { paths, log } = options;
  const session = randomUUID();
  const transcripts = new Transcripts(paths);
  const processes = new ClientProcesses((text) => log(`the agent of ${task.run} writes`, maskText(text.trim())));
  const outcome = await attempt(options, { task, session, transcripts, processes }, signal);
  await processes.end();
  const transcript = await transcripts.end(session).catch((error: unknown) => {
    log(`the transcript of ${session} could not be kept`, error);
    return undefined;
  });
  return transcript === undefined ? outcome : { ...outcome, transcript };
}

interface Attempt {
  readonly task: AgentTask;
  readonly session: string;
  readonly transcripts: Transcripts;
  readonly processes: ClientProcesses;
}

async function attempt(options: AgentsOptions, doing: Attempt, signal: AbortSignal): Promise<AgentOutcome> {
  const { task, session, transcripts, processes } = doing;
  try {
    signal.throwIfAborted();
    const folder = await transcripts.begin(session);
    const end = await runSession(await prepare(options, task, session, folder), processes, signal);
    return signal.aborted ? stopped(session, end) : { session, ...outcomeOf(end) };
  } catch (error) {
    if (signal.aborted) return stopped(session);
    if (error instanceof OpsError) return { kind: 'failed', reason: `${error.message} ${error.hint}`, session };
    options.log(`the session ${session} of ${task.run} broke off`, error);
    return { kind: 'failed', reason: reasonOf({}), session };
  }
}

function outcomeOf({ answer, usage, failure = {}, without }: SessionEnd) {
  if (answer !== undefined && usage !== undefined) return { kind: 'answered', answer, usage } as const;
  const reason =
    without === undefined
      ? reasonOf(failure)
      : `The server of ${without} did not start. Trying again may help; k8s-agent doctor says more.`;
  return { kind: 'failed', reason, ...(usage && { usage }) } as const;
}

function stopped(session: string, { usage }: SessionEnd = {}): AgentOutcome {
  return { kind: 'failed', reason: 'The step was stopped from outside.', session, ...(usage && { usage }) };
}
