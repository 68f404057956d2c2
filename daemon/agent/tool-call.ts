import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import manifest from '../../package.json' with { type: 'json' };
import { readConfig } from '../../shared/config/config.ts';
import { messageOf } from '../../shared/kernel/errors.ts';
import { type JsonObject, stringAt } from '../../shared/kernel/json.ts';
import { maskText } from '../../shared/kernel/secrets.ts';
import { serverEnvironment } from './environment.ts';
import { patience, type ServerOptions, serverCommand, variablesIn } from './servers.ts';

/** One call of a tool of ours, for a run. */
export interface ToolCall {
  readonly run: string;
  readonly server: string;
  readonly tool: string;
  readonly input: JsonObject;
}

/** Milliseconds: a change has its own, shorter deadline inside of the server. */
const LONGEST = 300_000;

export interface ToolAnswer {
  readonly isError: boolean;
  readonly text: string;
}

/**
 * Calls one tool of one of our servers with exactly this input, and ends the server. No agent makes the call: the run's
 * step finds it by its content (an action that a person has approved), and it waits for nobody. Where the server does
 * not start or breaks off, the answer is an error; what a call did that was begun, its records tell.
 */
export async function callTool(options: ServerOptions, call: ToolCall, signal: AbortSignal): Promise<ToolAnswer> {
  try {
    return await callOnce(options, call, signal);
  } catch (error) {
    const why = signal.aborted ? 'was stopped from outside' : `broke off (${maskText(messageOf(error))})`;
    return { isError: true, text: `The call of ${call.server}.${call.tool} ${why}.` };
  }
}

async function callOnce(
  options: ServerOptions,
  { run, server, tool, input }: ToolCall,
  signal: AbortSignal,
): Promise<ToolAnswer> {
  const { env, paths } = options;
  const named = variablesIn(await readConfig(paths.config));
  const transport = new StdioClientTransport({
    ...(await serverCommand(options, server)),
    env: { ...serverEnvironment(env, paths, named, { run, ...patience(0) }), ...options.access?.(server) },
    stderr: 'ignore',
  });
  const client = new Client({ name: 'k8s-agent-daemon', version: manifest.version }, { capabilities: {} });
  try {
    await client.connect(transport, { signal, timeout: LONGEST });
    const request = { name: tool, arguments: { ...input } };
    const { content, isError = false } = await client.callTool(request, { signal, timeout: LONGEST });
    return { isError, text: content.map((block) => stringAt(block, 'text') ?? '').join('\n') };
  } finally {
    await client.close();
  }
}
