import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { resolvePrograms } from './binaries/binaries.ts';
import { bringUp } from './bring-up.ts';
import type { Lab, LabView } from './component.ts';
import { components } from './components/index.ts';
import { type Env, labDir } from './dirs.ts';
import { underLock } from './lock.ts';
import { choosePorts, complete, type Ports, rememberedPorts, rememberPorts } from './ports.ts';
import { isRunning } from './process-exec.ts';
import { Records } from './records.ts';
import { type Report, toStderr } from './report.ts';
import { type ComponentStatus, neverStarted, statusOf } from './status.ts';
import { stopAll } from './supervisor.ts';

export interface LabOptions {
  /** Where the lab keeps its state; else `K8S_AGENT_LAB_DIR`, else below the user's cache folder. */
  readonly dir?: string;
  /** Takes lines of progress; else they go to stderr. */
  readonly report?: Report;
  readonly env?: Env;
}

/** A lab that is up. The kubeconfigs hold all that they need, and are readable by their owner only. */
export interface LabInfo {
  readonly dir: string;
  /** The admin's, by client certificate. */
  readonly kubeconfig: string;
  /** A service account that reads everything but Secrets. */
  readonly readonlyKubeconfig: string;
  /** A service account that only reads and scales Deployments in `team-a`. */
  readonly limitedKubeconfig: string;
  readonly server: string;
  readonly caFile: string;
  readonly kubectl: string;
  /** Ends the lab's processes; its state stays. */
  readonly down: () => Promise<void>;
}

/** Brings the lab up, or finds it up. Safe to repeat and to run twice at once: there is one lab per folder. */
export async function labUp(options: LabOptions = {}): Promise<LabInfo> {
  const { dir, report, env } = settle(options);
  const programs = await resolvePrograms(env, report);
  return locked(dir, report, async () => {
    const remembered = await rememberedPorts(portsFile(dir));
    const ports = await choosePorts(remembered, await portsInUse(dir, remembered), report);
    const moved = Object.entries(remembered).length > 0 && JSON.stringify(ports) !== JSON.stringify(remembered);
    // Whoever still runs knows the others by their old ports.
    if (moved) await stopAll(join(dir, 'run'));
    await rememberPorts(portsFile(dir), ports);
    const { path: program, cure: programCure } = programs;
    const lab = { ...viewOf(dir, ports), report, program, programCure, kubectl: program('kubectl') };
    await bringUp(lab, moved);
    return infoOf(lab);
  });
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
  const statuses = await Promise.all(
    components.map((component) => (ports ? statusOf(viewOf(dir, ports), component) : neverStarted(component))),
  );
  return { dir, up: statuses.every(({ state }) => state === 'healthy'), components: statuses };
}

/** Down, everything forgotten, and up. */
export async function labReset(options: LabOptions = {}): Promise<LabInfo> {
  const { dir, report } = settle(options);
  await locked(dir, report, async () => {
    await stopAll(join(dir, 'run'));
    for (const name of ['data', 'etc', 'home', 'logs', 'pki', 'pod-logs', 'run']) await remove(join(dir, name));
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

const remove = (path: string) => rm(path, { recursive: true, force: true });

function viewOf(dir: string, ports: Ports): LabView {
  const path = (...parts: string[]) => join(dir, ...parts);
  const server = `https://127.0.0.1:${ports['kube-apiserver']}`;
  return { dir, ports, path, server, kubeconfig: path('admin.kubeconfig'), caFile: path('pki', 'ca.crt') };
}

function infoOf({ dir, kubeconfig, path, server, caFile, kubectl: binary }: Lab): LabInfo {
  return {
    dir,
    kubeconfig,
    server,
    caFile,
    readonlyKubeconfig: path('readonly.kubeconfig'),
    limitedKubeconfig: path('limited.kubeconfig'),
    kubectl: binary,
    down: async () => {
      await labDown({ dir });
    },
  };
}

/** The ports on which this lab's own living processes listen. */
async function portsInUse(dir: string, remembered: Partial<Ports>): Promise<Set<number>> {
  const records = new Records(join(dir, 'run'));
  const ports = components.map(async ({ name, ports }) => {
    const record = await records.get(name);
    const alive = record !== undefined && (await isRunning(record));
    return alive ? ports.flatMap((port) => remembered[port] ?? []) : [];
  });
  return new Set((await Promise.all(ports)).flat());
}
