import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { answerFrom, type CallOptions, elicitSwitch, type McpClient, type ServerCommand } from './client.ts';

const VERSION = '2026-07-28';

/** The 2.x SDK's client, pinned to the stateless protocol: a server that cannot speak it is an error. */
export async function connect2026({ command, args, env, onElicit }: ServerCommand): Promise<McpClient> {
  const transport = new StdioClientTransport({ command, args: [...args], stderr: 'ignore', ...(env && { env }) });
  const client = new Client(
    { name: 'client-2026', version: '1.0.0' },
    { capabilities: onElicit ? { elicitation: { form: {} } } : {}, versionNegotiation: { mode: { pin: VERSION } } },
  );
  const elicit = elicitSwitch(onElicit);
  if (onElicit)
    client.setRequestHandler('elicitation/create', ({ params }) =>
      params.mode === 'url' ? { action: 'cancel' } : elicit.answer(params),
    );
  await client.connect(transport);
  return {
    protocolVersion: client.getNegotiatedProtocolVersion() ?? 'none',
    pid: transport.pid ?? 0,
    listTools: async () => (await client.listTools()).tools,
    call: (name, input = {}, options = {}) => {
      const { meta, signal } = options;
      const params = { name, arguments: input, ...(meta && { _meta: meta }) };
      const result = elicit.during(options.onElicit, () => client.callTool(params, signal && { signal }));
      return giveUpWaiting(result.then(answerFrom), options);
    },
    close: () => client.close(),
  };
}

/**
 * The SDK's timeout covers each request, not the person's time in between. Like Claude Code, this ends the wait and not
 * the question: an answer after a timeout still goes to the server. After an abort the SDK sends none.
 */
function giveUpWaiting<T>(result: Promise<T>, { signal, timeoutMs }: CallOptions): Promise<T> {
  const limits = [signal, timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)];
  const given = limits.filter((limit) => limit !== undefined);
  return Promise.race([result, ...given.map(rejection)]);
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
