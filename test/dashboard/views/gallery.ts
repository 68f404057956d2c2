import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { pages } from '../../../dashboard/views/index.tsx';
import { planeOf } from './plane.ts';
import { SAMPLE } from './sample/sample.ts';

/** The policy under which every page has to work. */
const CSP = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  connectSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  formAction: ["'self'"],
};

/** Serves the pages over the sample on a free port of this machine. */
export async function serveGallery(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const app = new Hono();
  app.use(secureHeaders({ contentSecurityPolicy: CSP }));
  app.get('/api/events', (c) => c.body(new ReadableStream(), 200, { 'content-type': 'text/event-stream' }));
  app.route('/', pages(planeOf(SAMPLE)));
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => resolve(port));
  return {
    url: `http://127.0.0.1:${await promise}`,
    close: () => new Promise((done) => server.close(() => done())),
  };
}
