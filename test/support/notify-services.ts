import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What each service must never see repeated anywhere: the part of its address, or the token, that lets one post. */
export const SECRETS = {
  discord: 'dIsCoRd-WeBhOoK-sEcReT-0123456789',
  slack: 'SlAcKsEcReT0123456789abcd',
  telegram: '123456:TeLeGrAm-BoT-sEcReT-0123456789',
  ntfy: 'tk_nTfYsEcReT0123456789',
} as const;
export type ServiceName = keyof typeof SECRETS;

const PATHS: Readonly<Record<string, ServiceName>> = {
  [`/api/webhooks/1/${SECRETS.discord}`]: 'discord',
  [`/services/T0/B0/${SECRETS.slack}`]: 'slack',
  [`/bot${SECRETS.telegram}/sendMessage`]: 'telegram',
  '/': 'ntfy',
};

interface Received {
  readonly service: ServiceName | undefined;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** As the real ones answer what they take. */
const YES: Readonly<Record<ServiceName, Reply>> = {
  discord: { status: 204 },
  slack: { status: 200, body: 'ok' },
  telegram: { status: 200, body: { ok: true, result: { message_id: 1 } } },
  ntfy: { status: 200, body: { id: 'abc', event: 'message', topic: 'k8s' } },
};

export interface FakeServices {
  readonly origin: string;
  readonly received: Received[];
  bodies(service: ServiceName): unknown[];
  /** What comes instead of a yes: a reply, a connection that breaks, or silence. */
  answer: (received: Received) => Reply | 'break' | 'hang' | undefined;
}

/** Stand-ins for Discord, Slack, Telegram and ntfy, on one address. */
export async function fakeServices(): Promise<FakeServices> {
  const received: Received[] = [];
  const services: { answer: FakeServices['answer'] } = { answer: () => undefined };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString() || 'null');
      const one: Received = { service: PATHS[path], path, headers: request.headers, body };
      received.push(one);
      const answer = services.answer(one) ?? (one.service ? YES[one.service] : { status: 404 });
      if (answer === 'break') request.socket.destroy();
      else if (answer !== 'hang') reply(response, answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address: AddressInfo | string | null = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const bodies = (service: ServiceName) => received.filter((one) => one.service === service).map(({ body }) => body);
  return Object.assign(services, { origin, received, bodies });
}

function reply(response: ServerResponse, { status, headers = {}, body }: Reply): void {
  response.writeHead(status, headers).end(typeof body === 'string' ? body : body && JSON.stringify(body));
}
