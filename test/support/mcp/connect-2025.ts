import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { answerFrom, elicitSwitch, type McpClient, type ServerCommand } from './client.ts';

/** The 1.x SDK's client, an independent implementation of protocol 2025-11-25 and older. */
export async function connect2025({ command, args, env, onElicit }: ServerCommand): Promise<McpClient> {
  const transport = new StdioClientTransport({ command, args: [...args], stderr: 'ignore', ...(env && { env }) });
  const client = new Client(
    { name: 'client-2025', version: '1.0.0' },
    { capabilities: onElicit ? { elicitation: { form: {} } } : {} },
  );
  const elicit = elicitSwitch(onElicit);
  if (onElicit)
    client.setRequestHandler(ElicitRequestSchema, ({ params }) =>
      params.mode === 'url' ? { action: 'cancel' } : elicit.answer(params),
    );
  const negotiated = { version: 'none' };
  // The one place where this SDK tells the version.
  const setProtocolVersion = (version: string) => Object.assign(negotiated, { version });
  await client.connect(Object.assign(transport, { setProtocolVersion }));
  return {
    protocolVersion: negotiated.version,
    pid: transport.pid ?? 0,
    listTools: async () => (await client.listTools()).tools,
    call: async (name, input = {}, { onElicit: own, meta, signal, timeoutMs } = {}) => {
      const params = { name, arguments: input, ...(meta && { _meta: meta }) };
      const limits = { ...(signal && { signal }), ...(timeoutMs !== undefined && { timeout: timeoutMs }) };
      return answerFrom(await elicit.during(own, () => client.callTool(params, undefined, limits)));
    },
    close: () => client.close(),
  };
}
