import { once } from 'node:events';
import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { sourcesOf } from '../../daemon/status/sources.ts';
import { type Verification, verify } from '../../daemon/verify/verify.ts';
import { Cluster } from '../../shared/cluster/cluster.ts';
import { parseConfig } from '../../shared/config/parse.ts';
import type { Alert } from '../../shared/workflow/events.ts';
import { fakeClock } from '../support/clock.ts';
import { aDeployment } from '../support/kube.ts';
import { anAlert } from './incidents-rig.ts';

/** What the three backends answer. `undefined`: that one is down. */
export interface World {
  /** By path of the API server. */
  objects: Readonly<Record<string, object>> | undefined;
  alertmanager: unknown;
  prometheus: unknown;
  resolved: boolean;
}

const APPS = '/apis/apps/v1/namespaces/shop';
export const WEB = `${APPS}/deployments/web`;

/** An alert as Alertmanager lists it. */
export const listed = (labels: object, silencedBy: string[] = []) => ({
  labels: { alertname: 'KubePodCrashLooping', namespace: 'shop', ...labels },
  status: { state: silencedBy.length > 0 ? 'suppressed' : 'active', silencedBy, inhibitedBy: [] },
});

/** shop/web crashes: its Deployment has none of two pods ready, and both of its pods’ alerts fire. */
export const broken = (): World => ({
  objects: { [WEB]: aDeployment('web', 2, 0) },
  alertmanager: [listed({ pod: 'web-7d4b9c6f5d-x2x9z' }), listed({ pod: 'web-7d4b9c6f5d-b4b5c' })],
  prometheus: undefined,
  resolved: false,
});

export const repaired = (): World => ({
  ...broken(),
  objects: { [WEB]: aDeployment('web', 2, 2) },
  alertmanager: [],
});

interface Scene {
  /** What is so from this second after the change on. */
  readonly [second: number]: World;
}

interface Look {
  readonly minutes?: number;
  readonly alert?: Alert;
  /** Seconds after the change at which the daemon begins to look. */
  readonly from?: number;
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
}

interface Seen {
  readonly verification: Verification | undefined;
  /** Seconds after the change. */
  readonly looks: readonly number[];
  readonly requests: readonly string[];
}

/** Verifies against backends that change as the scene says, with a clock that only sleeping moves. */
export async function verified(scene: Scene, look: Look = {}): Promise<Seen> {
  const { minutes = 15, alert = anAlert(), from = 0, signal = new AbortController().signal } = look;
  const clock = fakeClock();
  const changedAt = clock.now();
  clock.advance(from * 1_000);
  const second = () => (clock.now() - changedAt) / 1_000;
  const world = () => {
    const begun = Object.keys(scene)
      .map(Number)
      .filter((start) => start <= second());
    return scene[Math.max(...begun)] ?? broken();
  };
  const { url, requests } = await backends(world);
  const env = look.env ?? { ALERTMANAGER_URL: `${url}/alertmanager`, PROMETHEUS_URL: `${url}/prometheus` };
  const sources = { ...sourcesOf(parseConfig('', 'k8s-agent.yaml'), env, clock), cluster: clusterAt(url, clock) };
  const looks: number[] = [];
  const resolved = async () => {
    looks.push(second());
    return world().resolved;
  };
  const sleep = async (ms: number) => clock.advance(ms);
  const options = { sources, clock, sleep, minutes, log: () => {} };
  const verification = await verify(options, { alert, changedAt, resolved }, signal);
  return { verification, looks, requests };
}

function clusterAt(url: string, clock: { now(): number }): Cluster {
  const hints = { unreachable: 'Check that it is up.', untrusted: '' };
  const connection = { server: new URL(`${url}/k8s`), label: 'the API server', hints, namespace: 'default' };
  return new Cluster(async () => ({ ...connection, options: async () => ({}) }), clock);
}

async function backends(world: () => World) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    requests.push(pathname);
    const [status, body] = answer(world(), pathname);
    if (status === 0) request.socket.destroy();
    else response.writeHead(status).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  const { port } = z.object({ port: z.int() }).parse(server.address());
  return { url: `http://127.0.0.1:${port}`, requests };
}

function answer({ objects, alertmanager, prometheus }: World, path: string): readonly [status: number, body: unknown] {
  const up = (value: unknown) => [value === undefined ? 0 : 200, value] as const;
  if (path.startsWith('/alertmanager')) return up(alertmanager);
  if (path.startsWith('/prometheus')) return up(prometheus);
  if (objects === undefined) return [0, undefined];
  const object = objects[path.replace('/k8s', '')];
  return object === undefined ? [404, { message: 'not found' }] : [200, object];
}
