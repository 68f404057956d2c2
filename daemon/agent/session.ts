import timers from 'node:timers/promises';
import type { McpServerConfig, Options, Query, SDKMessage, SDKUserMessage } from '@anthropic-ai/claude-agent-sdk';
import type { Model } from '../../shared/workflow/models.ts';
import type { ClientProcesses } from './client-exec.ts';
import { START_LIMIT } from './environment.ts';
import type { Failure } from './reasons.ts';
import { endOf, type SessionEnd } from './session-end.ts';
import type { SessionOptions } from './session-options.ts';

/** The next one, where a model is overloaded: the client asks three times first. */
const FALLBACK: Readonly<Record<Model, Model | undefined>> = { opus: 'sonnet', sonnet: 'haiku', haiku: undefined };

/** Milliseconds between two looks whether the servers have started. */
const LOOK = 50;

/** Milliseconds in which an interrupted client says what was used. */
const LAST_WORDS = 2_000;

/** Runs one session to its end, in the one file that knows the Agent SDK. Throws where the client or the SDK breaks off without a result. */
export async function runSession(
  options: SessionOptions,
  processes: ClientProcesses,
  signal: AbortSignal,
): Promise<SessionEnd> {
  const { query } = await import('@anthropic-ai/claude-agent-sdk');
  // It may have been stopped while this was being prepared, and says that once.
  signal.throwIfAborted();
  const abortController = new AbortController();
  const begun = Promise.withResolvers<Query>();
  const over = Promise.withResolvers<void>();
  const missing: string[] = [];
  const session = query({
    prompt: promptOf(options, begun.promise, over.promise, missing),
    options: { ...optionsFor(options), abortController, spawnClaudeCodeProcess: (launch) => processes.start(launch) },
  });
  begun.resolve(session);
  const stop = () => {
    // Interrupted, it still tells what it has cost.
    session.interrupt().catch(() => {});
    setTimeout(() => abortController.abort(signal.reason), LAST_WORDS).unref();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await listen(session, missing);
  } finally {
    signal.removeEventListener('abort', stop);
    over.resolve();
    session.close();
  }
}

function optionsFor(options: SessionOptions): Options {
  const { id, claude, folder, env, model, system, answer, servers, tools, maxTurns, budgetUsd } = options;
  const fallbackModel = FALLBACK[model];
  return {
    sessionId: id,
    pathToClaudeCodeExecutable: claude,
    cwd: folder,
    env: { ...env },
    model,
    ...(fallbackModel !== undefined && { fallbackModel }),
    systemPrompt: system,
    maxTurns,
    maxBudgetUsd: budgetUsd,
    outputFormat: { type: 'json_schema', schema: { ...answer } },
    // The prompt quotes alerts: no @path of it is a file, and no /name of it a command.
    verbatimPrompts: true,
    // Nothing of the person's, of a project or of a plugin counts here.
    settingSources: [],
    skills: [],
    strictMcpConfig: true,
    // No tool of the client's own; of the servers those that are named; whatever else is asked for is denied.
    tools: [],
    allowedTools: [...tools.allowed],
    disallowedTools: [...tools.hidden],
    permissionMode: 'dontAsk',
    permissionPrompts: 'none',
    // Not on the command line, which other users of the machine can read.
    mcpServersDelivery: 'initialize',
    mcpServers: Object.fromEntries(
      Object.entries(servers).map(([name, { command, args, env: serverEnv }]): [string, McpServerConfig] => [
        name,
        { type: 'stdio', command, args: [...args], env: { ...serverEnv }, alwaysLoad: true },
      ]),
    ),
  };
}

/** Waits for the servers: what has not started when the first request is made has no tools in it. */
async function* promptOf(
  { prompt }: SessionOptions,
  begun: Promise<Query>,
  over: Promise<void>,
  missing: string[],
): AsyncGenerator<SDKUserMessage> {
  const session = await begun;
  await session.initializationResult();
  for (let left = START_LIMIT; ; left -= LOOK) {
    const statuses = await session.mcpServerStatus();
    const waiting = statuses.filter(({ status }) => status !== 'connected');
    if (waiting.length === 0) break;
    if (left <= 0 || waiting.some(({ status }) => status !== 'pending')) {
      missing.push(...waiting.map(({ name }) => name));
      session.close();
      return;
    }
    await timers.setTimeout(LOOK);
  }
  yield { type: 'user', message: { role: 'user', content: prompt }, parent_tool_use_id: null };
  // What ends here closes the client's input, and with it the way to interrupt it.
  await over;
}

async function listen(session: Query, missing: readonly string[]): Promise<SessionEnd> {
  let failure: Failure = {};
  let end: SessionEnd | undefined;
  try {
    for await (const message of session) {
      failure = { ...failure, ...failureIn(message) };
      if (message.type !== 'result') continue;
      end = endOf(message, failure);
      break;
    }
  } catch (error) {
    if (missing.length === 0) throw error;
  }
  if (missing.length > 0) return { without: missing.join(', ') };
  if (end === undefined) throw new Error('the client ended without a result');
  return end;
}

/** What the client tells of the service's last error; it tries most of them again by itself. */
function failureIn(message: SDKMessage): Failure {
  if (message.type === 'system' && message.subtype === 'api_retry') {
    return { status: message.error_status, error: message.error };
  }
  return message.type === 'assistant' && message.error !== undefined ? { error: message.error } : {};
}
