import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import manifest from '../../package.json' with { type: 'json' };
import { readConfig } from '../../shared/config/config.ts';
import { type JsonObject, stringAt } from '../../shared/kernel/json.ts';
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

/**
 * Calls one tool of one of our servers with exactly this input, and ends the server. No agent makes the call: the run's
 * step finds it by its content (an action that a person has approved), and it waits for nobody. Throws where the server
 * does not start, or breaks off: what it did is then in the audit log alone.
 */
export async function callTool(
  options: ServerOptions,
  { run, server, tool, input }: ToolCall,
  signal: AbortSignal,
): Promise<{ readonly isError: boolean; readonly text: string }> {
  const { env, paths } = options;
  const named = variablesIn(await readConfig(paths.config));
  const { command, args } = await serverCommand(options, server);
  const transport = new StdioClientTransport({
    command,
    args: [...args],
    env: serverEnvironment(env, paths, named, { run, ...patience(0) }),
    stderr: 'ignore',
  });
  const client = new Client({ name: 'k8s-agent-daemon', version: manifest.version }, { capabilities: {} });
  try {
    await client.connect(transport, { signal, timeout: LONGEST });
    const { content, isError = false } = await client.callTool(
      { name: tool, arguments: { ...input } },
      { signal, timeout: LONGEST },
    );
    return { isError, text: content.map((block) => stringAt(block, 'text') ?? '').join('\n') };
  } finally {
    await client.close();
  }
}
