import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import { type MessagesRequest, messagesRequest, type Place, placeOf, type ToolResult } from './conversation.ts';
import { assistantMessage, eventStream } from './message-stream.ts';
import { contentOf, replyOf, type Scripts } from './script.ts';

interface ModelRequest {
  /** Absent when the conversation holds no marker. */
  readonly place: Place | undefined;
  readonly body: MessagesRequest;
}

export interface ScriptedModel {
  /** For ANTHROPIC_BASE_URL. */
  readonly url: string;
  /** Every request for a message so far, oldest first. */
  readonly requests: readonly ModelRequest[];
  /** What the tools of a script have answered so far, oldest first: what the model would have read. */
  results(script: string): readonly ToolResult[];
  stop(): Promise<void>;
}

/**
 * A Messages API on 127.0.0.1 that answers from scripts. `[[script:NAME]]` in a user's text starts a script; the step
 * is the number of assistant messages after the last marker. So it keeps no state: a main thread and its subagents
 * (the marker stands in the prompt that a script hands to the Agent tool) run side by side.
 *
 * MCP tools are usually deferred behind ToolSearch. `ENABLE_TOOL_SEARCH=false` (client-home.ts) makes the client list
 * them in `body.tools`; a call to a deferred tool works all the same, and waits for a server that still starts.
 */
export async function startScriptedModel(scripts: Scripts): Promise<ScriptedModel> {
  const requests: ModelRequest[] = [];
  const server = createServer((request, response) => {
    respond(scripts, requests, request, response).catch((error: unknown) => {
      sendError(response, 400, 'invalid_request_error', String(error));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    url: urlOf(server.address()),
    requests,
    results: (script) => requests.findLast(({ place }) => place?.script === script)?.place?.results ?? [],
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function urlOf(address: ReturnType<ReturnType<typeof createServer>['address']>): string {
  if (address === null || typeof address === 'string') throw new Error('The scripted model listens on no port.');
  return `http://127.0.0.1:${address.port}`;
}

async function respond(scripts: Scripts, log: ModelRequest[], request: IncomingMessage, response: ServerResponse) {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/v1/messages/count_tokens') return sendJson(response, 200, { input_tokens: 1 });
  if (pathname === '/v1/models') return sendJson(response, 200, { data: [], has_more: false });
  if (pathname !== '/v1/messages') return sendError(response, 404, 'not_found_error', `No ${pathname} here.`);
  sendReply(scripts, log, messagesRequest.parse(JSON.parse(await text(request))), response);
}

function sendReply(scripts: Scripts, log: ModelRequest[], body: MessagesRequest, response: ServerResponse) {
  const place = placeOf(body.messages);
  const attempt = log.filter((earlier) => isDeepStrictEqual(earlier.body.messages, body.messages)).length;
  const reply = replyOf(scripts, place && { ...place, attempt });
  log.push({ place, body });
  if (reply.kind === 'fail') return sendError(response, reply.status, reply.type, 'The script says so.');
  const message = assistantMessage(body.model, contentOf(reply));
  if (!body.stream) return sendJson(response, 200, message);
  response.writeHead(200, { 'content-type': 'text/event-stream' }).end(eventStream(message));
}

function sendJson(response: ServerResponse, status: number, body: object) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function sendError(response: ServerResponse, status: number, type: string, message: string) {
  sendJson(response, status, { type: 'error', error: { type, message } });
}
