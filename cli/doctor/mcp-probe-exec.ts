import { execa } from 'execa';
import { messageOf, OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, at } from '../../shared/kernel/json.ts';

export interface Registered {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const MESSAGES = [
  {
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'k8s-agent-doctor', version: '1' } },
  },
  { method: 'notifications/initialized' },
  { id: 2, method: 'tools/list' },
].map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

/** Starts a registered server as the client would, and returns how many tools it lists. It calls none. */
export async function probeServer(name: string, { command, args, env }: Registered, timeout: number): Promise<number> {
  const server = execa(command, args, { env, reject: false, timeout, buffer: { stdout: false } });
  // A server that ends at once closes its input; how it ended says more than that.
  server.stdin.on('error', () => undefined);
  for (const message of MESSAGES) server.stdin.write(message);
  let tools: number | undefined;
  for await (const line of server) {
    const message = parse(name, String(line));
    if (at(message, 'id') !== 2) continue;
    tools = arrayAt(message, 'result', 'tools').length;
    server.kill();
  }
  const { stderr, timedOut, exitCode, shortMessage } = await server;
  if (tools !== undefined) return tools;
  const how = timedOut
    ? `the ${name} server did not answer within ${timeout / 1000} s`
    : exitCode === undefined
      ? `the ${name} server does not start: ${shortMessage}`
      : `the ${name} server ended with exit code ${exitCode}`;
  throw new OpsError(
    'unreachable',
    `${how}: ${stderr.slice(-300) || 'it said nothing'}`,
    `Run it by hand: k8s-agent mcp ${name}`,
  );
}

function parse(name: string, line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new OpsError(
      'unreachable',
      `the ${name} server wrote something that is not JSON-RPC: ${line.slice(0, 100)} (${messageOf(error)})`,
      'Nothing else may write to standard output.',
    );
  }
}
