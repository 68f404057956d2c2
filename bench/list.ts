import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { execa } from 'execa';
import { parse } from 'yaml';
import { z } from 'zod';
import type { LabInfo } from '../lab/index.ts';
import type { McpClient } from '../test/support/mcp/client.ts';
import { timed } from './statistics.ts';

export interface Contender {
  readonly name: string;
  readonly listPods: () => Promise<unknown>;
}

const PARALLEL = 20;

/** One by one, and twenty at once: the same question on the same API server. */
export async function measureList(
  { listPods }: Contender,
  runs: number,
): Promise<{ one: readonly number[]; parallel: readonly number[] }> {
  const one = await timed(runs, listPods);
  const parallel = await timed(Math.ceil(runs / 10), () => Promise.all(Array.from({ length: PARALLEL }, listPods)), 1);
  return { one, parallel };
}

export function throughServer(client: McpClient): Contender {
  return {
    name: 'kubectl MCP server (`get`)',
    listPods: () => client.call('get', { kind: 'pods', all_namespaces: true }),
  };
}

const kubeconfigSchema = z.object({
  users: z
    .tuple([z.object({ user: z.object({ 'client-certificate-data': z.string(), 'client-key-data': z.string() }) })])
    .rest(z.unknown()),
});

/** The floor: a Table over one keep-alive connection, with nothing in between. */
export function rawHttps(lab: LabInfo): Contender {
  const { users } = kubeconfigSchema.parse(parse(readFileSync(lab.kubeconfig, 'utf8')));
  const decode = (text: string) => Buffer.from(text, 'base64');
  const { 'client-certificate-data': cert, 'client-key-data': key } = users[0].user;
  const agent = new Agent({ keepAlive: true, ca: readFileSync(lab.caFile), cert: decode(cert), key: decode(key) });
  const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
  const listPods = () =>
    new Promise<number>((resolve, reject) => {
      const outgoing = request(`${lab.server}/api/v1/pods?limit=50`, { agent, headers }, (incoming) => {
        let size = 0;
        incoming.on('data', (chunk: Buffer) => {
          size += chunk.length;
        });
        incoming.on('end', () => resolve(size));
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
  return { name: 'raw HTTPS', listPods };
}

export function kubectlProgram(lab: LabInfo): Contender {
  const listPods = () =>
    execa(lab.kubectl, [`--kubeconfig=${lab.kubeconfig}`, 'get', 'pods', '--all-namespaces'], {
      extendEnv: false,
      env: { PATH: '/usr/bin:/bin', HOME: lab.dir },
    });
  return { name: '`kubectl get pods -A`', listPods };
}
