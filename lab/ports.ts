import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import getPort, { clearLockedPorts, portNumbers } from 'get-port';
import { z } from 'zod';
import { exists, writePrivate } from './files.ts';
import type { Report } from './report.ts';

/** One name for each port of the lab. A component that joins adds its own here. */
export const PORT_NAMES = [
  'etcd',
  'etcd-peer',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
  'metrics-server',
  'redis',
  'gitea',
  'argocd-server',
  'argocd-server-metrics',
  'argocd-repo-server',
  'argocd-repo-server-metrics',
  'argocd-application-controller',
  'argocd-applicationset-controller',
  'argocd-applicationset-probe',
  'argocd-applicationset-webhook',
  'exporter',
  'prometheus',
  'alertmanager',
] as const;

export type PortName = (typeof PORT_NAMES)[number];
export type Ports = Readonly<Record<PortName, number>>;

const port = z.int().min(1).max(65_535);
const allPorts = z.record(z.enum(PORT_NAMES), port);
const somePorts = z.partialRecord(z.enum(PORT_NAMES), port);

/**
 * Below the range from which Linux and macOS take ports for outgoing connections (32768 and 49152 on): there, somebody's
 * connection could sit on a remembered port just when the lab comes up again.
 */
const FIRST = 20_000;
const LAST = 32_000;

/**
 * The lab's ports: the remembered ones, but another for each that somebody else holds.
 * `ours` are ports on which this lab itself listens right now.
 */
export async function choosePorts(
  remembered: Partial<Ports>,
  ours: ReadonlySet<number>,
  report: Report,
): Promise<Ports> {
  // get-port keeps what it handed out locked for a while, which would move this process's own lab on its second start.
  clearLockedPorts();
  const chosen = new Map<PortName, number>();
  for (const name of PORT_NAMES) chosen.set(name, await choose(name, remembered[name], ours, report));
  return allPorts.parse(Object.fromEntries(chosen));
}

async function choose(name: PortName, known: number | undefined, ours: ReadonlySet<number>, report: Report) {
  if (known !== undefined && ours.has(known)) return known;
  const start = randomInt(FIRST, LAST - 1000);
  const wanted = known === undefined ? portNumbers(start, LAST) : [known, ...portNumbers(start, LAST)];
  const port = await getPort({ host: '127.0.0.1', port: wanted });
  if (known !== undefined && port !== known)
    report(`port ${known} of ${name} is taken by another program; it moves to ${port}`);
  return port;
}

/** The ports that a lab had the last time; none when the file is missing or not ours to read. */
export async function rememberedPorts(path: string): Promise<Partial<Ports>> {
  if (!(await exists(path))) return {};
  const text = await readFile(path, 'utf8');
  return somePorts.catch({}).parse(parseJson(text));
}

/** All ports, when all are known. */
export function complete(ports: Partial<Ports>): Ports | undefined {
  return allPorts.safeParse(ports).data;
}

export async function rememberPorts(path: string, ports: Ports): Promise<void> {
  await writePrivate(path, `${JSON.stringify(ports, null, 2)}\n`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
