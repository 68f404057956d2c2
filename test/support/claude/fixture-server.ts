import { appendFileSync } from 'node:fs';
import {
  type CallToolResult,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { at } from '../../../shared/kernel/json.ts';

/**
 * A server whose one tool, `change`, asks a person as the real ones do, and answers with what came back. Every call
 * that reaches it, first or retried, is a line of the file that its argument names.
 */
const [log] = process.argv.slice(2);
if (log === undefined) throw new Error('Usage: fixture-server.ts LOG');

/** Exactly the four rows that Claude Code shows without folding. */
const message = [
  'scale deployment/web in shop',
  'replicas 2 -> 5',
  'why: more load; risk: none',
  'full preview: nowhere',
];

const requestedSchema = {
  type: 'object' as const,
  properties: {
    decision: { type: 'string' as const, title: 'Decision', enum: ['approve', 'reject'] },
    reason: { type: 'string' as const, title: 'Reason' },
  },
  required: ['decision'],
};

function change({ mcpReq }: ServerContext): CallToolResult | InputRequiredResult {
  const answer = inputResponse(mcpReq.inputResponses, 'approval');
  if (answer.kind === 'missing') {
    const approval = inputRequired.elicit({ message: message.join('\n'), requestedSchema });
    return inputRequired({ inputRequests: { approval }, requestState: 'asked' });
  }
  return { content: [{ type: 'text', text: JSON.stringify(answer) }] };
}

serveStdio(({ era }) => {
  const server = new Server({ name: 'fixture', version: '1.0.0' }, { capabilities: { tools: {} } });
  server.setRequestHandler('tools/list', () => ({
    tools: [{ name: 'change', description: 'Asks a person; reports the answer.', inputSchema: { type: 'object' } }],
  }));
  server.setRequestHandler('tools/call', (_request, context) => {
    const { id, _meta: meta, envelope, inputResponses: answers } = context.mcpReq;
    const client = at(envelope, 'io.modelcontextprotocol/clientInfo') ?? server.getClientVersion();
    record({ event: 'call', id, era, protocol: server.getNegotiatedProtocolVersion(), client, meta, answers });
    context.mcpReq.signal.addEventListener('abort', () => record({ event: 'cancelled', id }));
    return change(context);
  });
  return server;
});

function record(event: object): void {
  appendFileSync(log ?? '', `${JSON.stringify({ at: Date.now(), ...event })}\n`);
}
