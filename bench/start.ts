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

/** A tool and its arguments. */
export interface Question {
  readonly name: string;
  readonly arguments: object;
}

export interface Start {
  /** Milliseconds from spawn to the answer of `initialize`. */
  readonly firstAnswer: number;
  /** Milliseconds from spawn to the answer of the first question; without one, of tools/list. */
  readonly firstQuestion: number;
  /** MB after it. */
  readonly rss: number;
}

/** A server's start as a client sees it, without the client's own cost. */
export async function measureStart({ command, args, env }: ServerCommand, question?: Question): Promise<Start> {
  const began = performance.now();
  const child = spawn(command, [...args], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: child.stdout });
  const send = (message: object) => child.stdin.write(`${JSON.stringify(message)}\n`);
  const answerTo = async (id: number) => {
    for await (const [line] of iterate(lines)) if (JSON.parse(line).id === id) return performance.now() - began;
    throw new Error('the server ended');
  };
  send(INITIALIZE);
  const firstAnswer = await answerTo(1);
  send(INITIALIZED);
  send({
    jsonrpc: '2.0',
    id: 2,
    ...(question ? { method: 'tools/call', params: question } : { method: 'tools/list' }),
  });
  const firstQuestion = await answerTo(2);
  const rss = memoryOf(child.pid ?? 0);
  // Its compile cache is written a second after the start: without it every start would be a first one.
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  child.kill();
  await once(child, 'exit');
  return { firstAnswer, firstQuestion, rss };
}

/** Lines as events: a server may send notifications between two answers. */
async function* iterate(lines: ReturnType<typeof createInterface>): AsyncGenerator<[string]> {
  for (;;) {
    const [line] = await once(lines, 'line');
    yield [String(line)];
  }
}

function memoryOf(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}
