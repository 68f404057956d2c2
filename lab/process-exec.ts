import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

/** A process that outlives us. The start time tells it from a later one that was given the same pid. */
export interface Process {
  readonly pid: number;
  readonly started: string;
}

export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly log: string;
}

const GRACE_MS = 10_000;

/** Starts a process in a session of its own. Throws what the operating system says when it cannot. */
export async function startDetached({ file, args, env, cwd, log }: Launch): Promise<Process> {
  await mkdir(dirname(log), { recursive: true, mode: 0o700 });
  const out = await open(log, 'w', 0o600);
  try {
    const child = spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', out.fd, out.fd] });
    await once(child, 'spawn');
    child.unref();
    const pid = child.pid ?? 0;
    // Gone already, it has no start time; an empty one matches no living process.
    return { pid, started: (await startTime(pid)) ?? '' };
  } finally {
    await out.close();
  }
}

export async function isRunning({ pid, started }: Process): Promise<boolean> {
  return started !== '' && (await startTime(pid)) === started;
}

/** Asks a process to end, insists after ten seconds, and returns when it is gone. Never signals another one. */
export async function stop(proc: Process): Promise<void> {
  if (!(await isRunning(proc))) return;
  signal(proc.pid, 'SIGTERM');
  if (await isGone(proc, GRACE_MS)) return;
  signal(proc.pid, 'SIGKILL');
  await isGone(proc, GRACE_MS);
}

async function isGone(proc: Process, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (await isRunning(proc)) {
    if (Date.now() > deadline) return false;
    await sleep(50);
  }
  return true;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended between the look and the signal.
  }
}

/** A text that no other process of this machine shares with this pid; undefined when it does not run. */
export async function startTime(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return psValue(pid, 'lstart');
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const ticks = stat === undefined ? undefined : ticksSinceBoot(stat);
  return ticks === undefined ? undefined : `${await bootId()}/${ticks}`;
}

/** Field 22 of /proc/PID/stat; undefined for a zombie, which only waits to be reaped. The name may hold spaces and `)`. */
export function ticksSinceBoot(stat: string): string | undefined {
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || state === 'X' ? undefined : rest[18];
}

/** Memory that a process holds, in MiB. */
export async function memoryMiB(pid: number): Promise<number | undefined> {
  const rss = Number(await psValue(pid, 'rss'));
  return Number.isFinite(rss) && rss > 0 ? Math.round(rss / 1024) : undefined;
}

async function psValue(pid: number, column: string): Promise<string | undefined> {
  const { stdout } = await execa('ps', ['-o', `${column}=`, '-p', String(pid)], { reject: false });
  return stdout?.trim() || undefined;
}

async function bootId(): Promise<string> {
  const id = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return id.trim();
}
