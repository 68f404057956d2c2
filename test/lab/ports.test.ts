import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { choosePorts, complete, PORT_NAMES } from '../../lab/ports.ts';

const silent = () => {};

async function listenOn(port: number) {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { [Symbol.asyncDispose]: async () => void (await once(server.close(), 'close')) };
}

describe('the ports of a lab', () => {
  it('are all different, and below those that outgoing connections get', async () => {
    const ports = Object.values(await choosePorts({}, new Set(), silent));
    expect(new Set(ports).size).toBe(PORT_NAMES.length);
    expect(Math.max(...ports)).toBeLessThan(32_768);
  });

  it('stay the same from one start to the next', async () => {
    const first = await choosePorts({}, new Set(), silent);
    expect(await choosePorts(first, new Set(), silent)).toEqual(first);
  });

  it('give way where another program listens, and say so', async () => {
    const first = await choosePorts({}, new Set(), silent);
    await using _taken = await listenOn(first['kube-apiserver']);
    const said: string[] = [];
    const second = await choosePorts(first, new Set(), (line) => said.push(line));
    expect(second).toEqual({ ...first, 'kube-apiserver': expect.any(Number) });
    expect(second['kube-apiserver']).not.toBe(first['kube-apiserver']);
    expect(said).toEqual([
      `port ${first['kube-apiserver']} of kube-apiserver is taken by another program; it moves to ${second['kube-apiserver']}`,
    ]);
  });

  it('do not give way to the lab itself', async () => {
    const first = await choosePorts({}, new Set(), silent);
    await using _own = await listenOn(first.etcd);
    expect(await choosePorts(first, new Set([first.etcd]), silent)).toEqual(first);
  });

  it('count as unknown while one is missing', async () => {
    const { kwok: _, ...others } = await choosePorts({}, new Set(), silent);
    expect(complete(others)).toBeUndefined();
  });
});
