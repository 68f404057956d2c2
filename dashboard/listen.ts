import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { errnoOf, messageOf, OpsError } from '../shared/kernel/errors.ts';
import type { Dashboard } from './server.ts';

export interface ListenOptions {
  readonly port: number;
  readonly host: string;
  /** Milliseconds for the headers, and for a whole request. */
  readonly headersTimeout?: number;
  readonly requestTimeout?: number;
}

export interface Listening {
  /** `http://HOST:PORT` */
  readonly url: string;
  /** Answers what has begun, for `patience` milliseconds at the most. */
  readonly close: (patience: number) => Promise<void>;
}

/** More than the pages of some people, the streams and the long polls of some servers need. */
const MAX_CONNECTIONS = 400;
/** Milliseconds without a byte in either direction: longer than a long poll, and than the heartbeat of a stream. */
const SILENCE = 120_000;

/** Who is slow loses the connection: 400 of them would be all there are. */
export async function listen(dashboard: Dashboard, options: ListenOptions): Promise<Listening> {
  const { port, host, headersTimeout = 10_000, requestTimeout = 30_000 } = options;
  const handle = getRequestListener(dashboard.app.fetch);
  const limits = {
    headersTimeout,
    requestTimeout,
    keepAliveTimeout: 5_000,
    connectionsCheckingInterval: Math.min(headersTimeout, 5_000),
    maxHeaderSize: 8_192,
  };
  const server = createServer(limits, (request, response) => void handle(request, response));
  server.maxConnections = MAX_CONNECTIONS;
  server.setTimeout(SILENCE);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(unusable(error, host, port))).listen(port, host, () => resolve());
  });
  return { url: urlOf(server.address(), host), close: (patience) => close(server, dashboard, patience) };
}

function unusable(error: unknown, host: string, port: number): OpsError {
  const isTaken = errnoOf(error) === 'EADDRINUSE';
  const why = `${isTaken ? 'another program has it' : 'it may not be used'} (${messageOf(error)})`;
  const hint = 'Choose another one: PORT, or --port of k8s-agent.';
  return new OpsError('conflict', `The dashboard cannot listen on port ${port} of ${host}: ${why}.`, hint, {
    cause: error,
  });
}

function urlOf(address: AddressInfo | string | null, host: string): string {
  const port = typeof address === 'object' ? address?.port : undefined;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function close(server: Server, dashboard: Dashboard, patience: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  dashboard.close();
  server.closeIdleConnections();
  const end = setTimeout(() => server.closeAllConnections(), patience);
  await closed;
  clearTimeout(end);
}
