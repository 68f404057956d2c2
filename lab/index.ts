import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { resolvePrograms } from './binaries/binaries.ts';
import { controlPlane, gitea, gitops } from './binaries/modules.ts';
import { bringUp } from './bring-up.ts';
import type { LabView } from './component.ts';
import { componentsOf, type Scope } from './components/index.ts';
import { type Env, labDir } from './dirs.ts';
import { exists, writePrivate } from './files.ts';
import { infoOf, type LabInfo, type WholeLabInfo } from './info.ts';
import { underLock } from './lock.ts';
import { choosePorts, complete, PORT_NAMES, type Ports, rememberedPorts, rememberPorts } from './ports.ts';
import { isRunning } from './process-exec.ts';
import { Records } from './records.ts';
import { type Report, toStderr } from './report.ts';
import { type ComponentStatus, neverStarted, statusOf } from './status.ts';
import { stopAll } from './supervisor.ts';
import { toolPathWithGit, USUAL_PATH } from './tools-exec.ts';

export interface LabOptions {
  /** Where the lab keeps its state; else `K8S_AGENT_LAB_DIR`, else below the user's cache folder. */
  readonly dir?: string;
  /** Takes lines of progress; else they go to stderr. */
  readonly report?: Report;
  readonly env?: Env;
  /** What to bring up; else the whole lab. */
  readonly scope?: Scope;
}

export type { LabInfo, WholeLabInfo } from './info.ts';

/**
 * Brings the lab up, or finds it up: all of it, or with `scope: 'cluster'` the cluster alone, which a later call widens.
 * Safe to repeat and to run twice at once: there is one lab per folder.
 */
export function labUp(options: LabOptions & { readonly scope: 'cluster' }): Promise<LabInfo>;
export function labUp(options?: LabOptions): Promise<WholeLabInfo>;
export async function labUp(options: LabOptions = {}): Promise<LabInfo | WholeLabInfo> {
  const { dir, report, env } = settle(options);
  const { scope = 'whole' } = options;
  const programs = await resolvePrograms(
    env,
    report,
    scope === 'whole' ? [controlPlane, gitops, gitea] : [controlPlane],
  );
  const toolPath = scope === 'whole' ? await toolPathWithGit(env) : USUAL_PATH;
  return locked(dir, report, async () => {
    const { ports, moved } = await settlePorts(dir, report);
    const { path: program, file, cure: cureOf } = programs;
    const lab = { ...viewOf(dir, ports), report, program, file, cureOf, toolPath, kubectl: program('kubectl') };
    if (scope === 'whole') await writePrivate(wholeMark(dir), '');
    await bringUp(lab, scope, moved);
    return infoOf(lab, scope, async () => void (await labDown({ dir })));
  });
}

/** The ports of before as far as they are free. Whoever still runs when one moves knows the others by their old ports. */
async function settlePorts(dir: string, report: Report): Promise<{ readonly ports: Ports; readonly moved: boolean }> {
  const remembered = await rememberedPorts(portsFile(dir));
  const ports = await choosePorts(remembered, await portsInUse(dir, remembered), report);
  const moved = PORT_NAMES.some((name) => remembered[name] !== undefined && remembered[name] !== ports[name]);
  if (moved) await stopAll(join(dir, 'run'));
  await rememberPorts(portsFile(dir), ports);
  return { ports, moved };
}

/** Ends what the lab started, by pid and start time, and returns the names. Its state stays. */
export async function labDown(options: LabOptions = {}): Promise<string[]> {
  const { dir, report } = settle(options);
  return locked(dir, report, () => stopAll(join(dir, 'run')));
}

export interface LabStatus {
  readonly dir: string;
  /** Whether every component works. */
  readonly up: boolean;
  readonly components: readonly ComponentStatus[];
}

/** Looks at the lab without changing it, and without building anything. */
export async function labStatus(options: LabOptions = {}): Promise<LabStatus> {
  const { dir } = settle(options);
  const ports = complete(await rememberedPorts(portsFile(dir)));
  const scope = (await exists(wholeMark(dir))) ? 'whole' : 'cluster';
  const statuses = await Promise.all(
    componentsOf(scope).map((component) => (ports ? statusOf(viewOf(dir, ports), component) : neverStarted(component))),
  );
  return { dir, up: statuses.every(({ state }) => state === 'healthy'), components: statuses };
}

/** Down, everything forgotten, and up. */
export async function labReset(options: LabOptions = {}): Promise<LabInfo | WholeLabInfo> {
  const { dir, report } = settle(options);
  await locked(dir, report, async () => {
    await stopAll(join(dir, 'run'));
    for (const name of STATE) await remove(join(dir, name));
    for (const name of ['admin', 'readonly', 'limited']) await remove(join(dir, `${name}.kubeconfig`));
  });
  return labUp(options);
}

function settle({ dir, report = toStderr, env = process.env }: LabOptions) {
  return { dir: labDir(env, dir), report, env };
}

function locked<T>(dir: string, report: Report, work: () => Promise<T>): Promise<T> {
  return underLock(join(dir, 'lock'), `another run works on the lab in ${dir}; waiting for it`, report, work);
}

const portsFile = (dir: string) => join(dir, 'ports.json');

/** Its presence says that this folder holds more than a cluster. */
const wholeMark = (dir: string) => join(dir, 'run', 'whole');

const STATE = ['data', 'etc', 'home', 'logs', 'pki', 'pod-logs', 'run', 'secrets'];

const remove = (path: string) => rm(path, { recursive: true, force: true });

function viewOf(dir: string, ports: Ports): LabView {
  const path = (...parts: string[]) => join(dir, ...parts);
  const server = `https://127.0.0.1:${ports['kube-apiserver']}`;
  return { dir, ports, path, server, kubeconfig: path('admin.kubeconfig'), caFile: path('pki', 'ca.crt') };
}

/** The ports on which this lab's own living processes listen. */
async function portsInUse(dir: string, remembered: Partial<Ports>): Promise<Set<number>> {
  const records = new Records(join(dir, 'run'));
  const ports = componentsOf('whole').map(async ({ name, ports }) => {
    const record = await records.get(name);
    const alive = record !== undefined && (await isRunning(record));
    return alive ? ports.flatMap((port) => remembered[port] ?? []) : [];
  });
  return new Set((await Promise.all(ports)).flat());
}
