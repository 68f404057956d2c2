import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { ServerCommand } from '../test/support/mcp/client.ts';

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } },
};
const INITIALIZED = { jsonrpc: '2.0', method: 'notifications/initialized' };
const LIST_PODS = {
  jsonrpc: '2.0',
  id: 2,
  method: 'tools/call',
  params: { name: 'get', arguments: { kind: 'pods', all_namespaces: true } },
};

export interface Start {
  /** Milliseconds from spawn to the answer of `initialize`. */
  readonly firstAnswer: number;
  /** Milliseconds from spawn to the first list of pods. */
  readonly firstList: number;
  /** MB after that list. */
  readonly rss: number;
}

/** A server's start as a client sees it, without the client's own cost. */
export async function measureStart({ command, args, env }: ServerCommand): Promise<Start> {
  const began = performance.now();
  const child = spawn(command, [...args], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: child.stdout });
  const answer = () => once(lines, 'line');
  const send = (message: object) => child.stdin.write(`${JSON.stringify(message)}\n`);
  send(INITIALIZE);
  await answer();
  const firstAnswer = performance.now() - began;
  send(INITIALIZED);
  send(LIST_PODS);
  await answer();
  const firstList = performance.now() - began;
  const rss = memoryOf(child.pid ?? 0);
  // Its compile cache is written a second after the start: without it every start would be a first one.
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  child.stdin.end();
  await once(child, 'exit');
  return { firstAnswer, firstList, rss };
}

function memoryOf(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}
