import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Carries requests to `target`, and loses the answers that it is told to lose: what was asked for has happened by then. */
export async function lossyProxy(target: string): Promise<{ readonly url: string; lose: boolean }> {
  const proxy = { url: '', lose: false };
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url } = incoming;
    const lost = proxy.lose && method !== 'GET';
    const onward = request(new URL(url ?? '/', target), { method, headers }, (answer) => {
      if (lost) answer.resume().on('end', () => outgoing.destroy());
      else answer.pipe(outgoing.writeHead(answer.statusCode ?? 500, answer.headers));
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address: AddressInfo | string | null = server.address();
  proxy.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return proxy;
}
