import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { z } from 'zod';
import { NODE_FLAGS } from '../shared/boot/launch.ts';
import type { Person } from './terminal.ts';

export interface DemoClient {
  call(tool: string, input: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
}

const resultSchema = z.object({ content: z.array(z.object({ type: z.literal('text'), text: z.string() })) });

/** A real MCP client in front of the real server: what stands between Claude Code and the cluster, without the model. */
export async function connectTo(bundle: string, env: Record<string, string>, person: Person): Promise<DemoClient> {
  const client = new Client(
    { name: 'k8s-agent-demo', version: '1.0.0' },
    { capabilities: { elicitation: { form: {} } } },
  );
  client.setRequestHandler('elicitation/create', async ({ params }) => {
    const answer = await person.answer(params.message);
    return answer.action === 'cancel' ? answer : { action: 'accept', content: { decision: answer.decision } };
  });
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [...NODE_FLAGS, bundle], env, stderr: 'inherit' }),
  );
  return {
    call: async (name, input) => {
      const result = resultSchema.parse(await client.callTool({ name, arguments: input }, { timeout: 600_000 }));
      return result.content.map(({ text }) => text).join('\n');
    },
    close: () => client.close(),
  };
}
