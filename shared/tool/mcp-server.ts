import { randomBytes } from 'node:crypto';
import {
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  inputRequired,
  inputResponse,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';
import type { Reply, Verdict } from '../gate/call.ts';
import { at, isObject } from '../kernel/json.ts';
import type { CallerIdentity } from './identity.ts';
import type { Toolset } from './toolset.ts';
import { wireTool } from './wire.ts';

/** The one file that knows the MCP SDK. It serves protocol 2026-07-28 and, through the SDK's shim, 2025-era clients. */
export interface ServeOptions {
  readonly toolset: Toolset;
  readonly version: string;
  readonly identify: (toolUseId: string | undefined) => CallerIdentity;
  readonly onError: (error: Error) => void;
}

/** What travels to the client and back between question and answer: an id, and nothing that could decide. */
interface AskState {
  readonly approval: string;
  readonly calledAt: number;
  readonly askedAt: number;
}

const PERSON = 'person';

/** Without a default, so that nobody approves by pressing Enter twice. */
const FORM = {
  type: 'object' as const,
  properties: {
    decision: {
      type: 'string' as const,
      title: 'Decision',
      enum: ['approve', 'reject'],
      description: 'approve: it runs once, exactly so. reject: it does not.',
    },
    reason: { type: 'string' as const, title: 'Reason', description: 'Optional; the agent reads it.', maxLength: 500 },
  },
  required: ['decision'],
};

const answerSchema = z.object({ decision: z.enum(['approve', 'reject']), reason: z.string().max(500).optional() });

/** Seconds that a question may stand open: the SDK drops an answer after that, and the approval's own life is shorter. */
const QUESTION_LIFE = 3600;

export function serve(options: ServeOptions): { close(): Promise<void> } {
  // A key of this process only: another process never asked, so it has nothing to hear.
  const codec = createRequestStateCodec<AskState>({ key: randomBytes(32), ttlSeconds: QUESTION_LIFE });
  return serveStdio(() => build(options, codec), { onerror: options.onError });
}

type Codec = ReturnType<typeof createRequestStateCodec<AskState>>;

function build({ toolset, version, identify }: ServeOptions, codec: Codec): Server {
  const server = new Server(
    { name: toolset.server, version },
    {
      capabilities: { tools: {} },
      instructions: toolset.instructions,
      requestState: { verify: codec.verify },
      inputRequired: { roundTimeoutMs: QUESTION_LIFE * 1000 },
    },
  );
  server.setRequestHandler('tools/list', () => ({ tools: toolset.tools.map(wireTool) }));
  server.setRequestHandler('tools/call', async ({ params }, ctx) => {
    const verdict = await toolset.call(params.name, params.arguments, {
      ...identify(toolUseId(ctx)),
      signal: ctx.mcpReq.signal,
      canAsk: canElicit(server, ctx),
      ...replyOf(ctx),
      ...reportOf(ctx),
    });
    return verdict.kind === 'ask'
      ? question(verdict, codec)
      : { content: contentOf(verdict), isError: verdict.isError };
  });
  return server;
}

function contentOf({ text, image }: Extract<Verdict, { kind: 'answer' }>) {
  const picture = image === undefined ? [] : [{ type: 'image' as const, data: image.base64, mimeType: image.mimeType }];
  return [{ type: 'text' as const, text }, ...picture];
}

async function question(verdict: Extract<Verdict, { kind: 'ask' }>, codec: Codec) {
  const { approval, calledAt, askedAt } = verdict;
  const requestState = await codec.mint({ approval, calledAt, askedAt });
  const person = inputRequired.elicit({ message: verdict.message, requestedSchema: FORM });
  return inputRequired({ inputRequests: { [PERSON]: person }, requestState });
}

function replyOf(ctx: ServerContext): { reply?: Reply } {
  const state = ctx.mcpReq.requestState<AskState>();
  const response = inputResponse(ctx.mcpReq.inputResponses, PERSON);
  if (state === undefined || response.kind !== 'elicit') return {};
  const answer = answerSchema.safeParse(response.content);
  return {
    reply: {
      ...state,
      action: response.action,
      ...(response.action === 'accept' && answer.success && given(answer.data)),
    },
  };
}

function given({ decision, reason }: z.output<typeof answerSchema>): Pick<Reply, 'decision' | 'reason'> {
  return { decision, ...(reason && { reason }) };
}

/** Progress goes to a client that asked for it; one that has gone away does not disturb the change. */
function reportOf({ mcpReq }: ServerContext): { report?: (message: string) => void } {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return {};
  let progress = 0;
  return {
    report: (message) => {
      progress += 1;
      const params = { progressToken, progress, message };
      mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {});
    },
  };
}

function canElicit(server: Server, ctx: ServerContext): boolean {
  // A 2026-era request carries its client's capabilities; a 2025-era client declared them when it connected.
  const declared = at(ctx.mcpReq.envelope, CLIENT_CAPABILITIES_META_KEY) ?? server.getClientCapabilities();
  const elicitation = at(declared, 'elicitation');
  // An empty object means forms: that was all there was before 2025-11-25.
  return isObject(elicitation) && ('form' in elicitation || !('url' in elicitation));
}

/** Claude Code names each call; the guard hook has written down which agent made it. */
function toolUseId(ctx: ServerContext): string | undefined {
  const id = ctx.mcpReq._meta?.['claudecode/toolUseId'];
  return typeof id === 'string' ? id : undefined;
}
