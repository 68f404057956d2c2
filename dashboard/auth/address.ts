import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';

/**
 * Where a request comes from. `proxies`: how many of our own stand before us, each of which adds the address that it saw
 * to X-Forwarded-For; what a client writes there itself is further to the left, and never looked at.
 */
export function addressOf(c: Context, proxies: number): string {
  const bindings: { readonly incoming?: IncomingMessage } | undefined = c.env;
  const peer = bindings?.incoming?.socket.remoteAddress ?? 'unknown';
  if (proxies === 0) return peer;
  const seen = (c.req.header('x-forwarded-for') ?? '').split(',').map((address) => address.trim());
  return seen.at(-proxies) || peer;
}
