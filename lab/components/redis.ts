import type { Component } from '../component.ts';
import { accepts } from '../http.ts';

/** Argo CD's cache. In memory alone: what it holds is made anew. */
export const redis: Component = {
  name: 'redis',
  ports: ['redis'],
  needs: [],
  command: ({ program, ports }) => ({ file: program('redis-lite'), args: [`127.0.0.1:${ports.redis}`] }),
  ready: ({ ports }) => accepts(ports.redis),
};
