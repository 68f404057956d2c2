import { Hono } from 'hono';
import { EVENTS_PATH } from '../../shared/control-plane/api.ts';
import type { Topic } from '../../shared/control-plane/ports.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { demand } from '../auth/caller.ts';
import type { Hub } from '../hub.ts';

export interface EventOptions {
  readonly hub: Hub;
  /** Milliseconds between signs of life: proxies cut what is silent for a minute. */
  readonly heartbeat?: number;
}

const MAX_CLIENTS = 200;
/** Changes that come together are told together, in milliseconds. */
const TOGETHER = 100;
/** Heartbeats after which a stream ends: the browser comes again, and its session is looked at again. */
const LIFE = 120;
/** Messages that a client may be behind. Each says only “read again”, so one that is further behind loses nothing by starting anew. */
const BEHIND = 64;

type Stream = ReadableStreamDefaultController<Uint8Array>;
const bytes = (text: string) => new TextEncoder().encode(text);

/** Server-sent events: one listener, one timer and one text, however many clients there are. */
export class Events {
  readonly #hub: Hub;
  readonly #heartbeat: number;
  /** With the heartbeats that each has left. */
  readonly #streams = new Map<Stream, number>();
  readonly #news = new Set<Topic>();
  #stop = () => {};
  #closed = false;

  constructor({ hub, heartbeat = 25_000 }: EventOptions) {
    this.#hub = hub;
    this.#heartbeat = heartbeat;
  }

  routes(): Hono {
    const app = new Hono();
    app.get(EVENTS_PATH, (c) => {
      demand(c, 'any');
      if (this.#closed || this.#streams.size >= MAX_CLIENTS) {
        throw new OpsError('store_unavailable', 'No more streams of events can be had now.', 'Ask again in a minute.');
      }
      // Caches and proxies that collect answers would hold the events back.
      const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
      return new Response(this.#open(), { headers });
    });
    return app;
  }

  close(): void {
    this.#closed = true;
    for (const stream of [...this.#streams.keys()]) this.#end(stream);
  }

  #open(): ReadableStream<Uint8Array> {
    let own: Stream | undefined;
    return new ReadableStream<Uint8Array>({
      start: (stream) => {
        own = stream;
        if (this.#streams.size === 0) this.#begin();
        this.#streams.set(stream, LIFE);
        stream.enqueue(bytes('retry: 3000\n\n'));
      },
      cancel: () => own && this.#forget(own),
    });
  }

  #begin(): void {
    const heart = setInterval(() => this.#beat(), this.#heartbeat).unref();
    const leave = this.#hub.listen((topic) => {
      if (this.#news.size === 0) setTimeout(() => this.#tell(), TOGETHER).unref();
      this.#news.add(topic);
    });
    this.#stop = () => {
      clearInterval(heart);
      leave();
    };
  }

  #tell(): void {
    const text = [...this.#news].map((topic) => `event: change\ndata: ${topic}\n\n`).join('');
    this.#news.clear();
    this.#send(bytes(text));
  }

  #beat(): void {
    for (const [stream, left] of this.#streams) {
      if (left <= 1) this.#end(stream);
      else this.#streams.set(stream, left - 1);
    }
    this.#send(bytes(': still here\n\n'));
  }

  #send(message: Uint8Array): void {
    for (const stream of [...this.#streams.keys()]) {
      if ((stream.desiredSize ?? 0) < -BEHIND) this.#end(stream);
      else stream.enqueue(message);
    }
  }

  #end(stream: Stream): void {
    this.#forget(stream);
    stream.close();
  }

  #forget(stream: Stream): void {
    if (this.#streams.delete(stream) && this.#streams.size === 0) this.#stop();
  }
}
