import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, OpsError } from '../shared/kernel/errors.ts';
import type { Component, Lab } from './component.ts';
import { runs } from './kubectl-exec.ts';
import { isRunning, type Process, startDetached, stop } from './process-exec.ts';
import { Records } from './records.ts';

const READY_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 100;
const TAIL_LINES = 8;

/** Brings all components up: each as soon as those that it needs are ready. What runs as wanted is left alone. */
export async function startAll(lab: Lab, components: readonly Component[]): Promise<void> {
  const started = new Map<string, Promise<void>>();
  components.forEach((component, order) => {
    const needed = component.needs.map((name) => started.get(name));
    started.set(
      component.name,
      Promise.all(needed).then(() => start(lab, component, order)),
    );
  });
  const failed = (await Promise.allSettled(started.values())).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

/** Ends every process that the lab has a record of, the last started first, and returns their names. */
export async function stopAll(dir: string): Promise<string[]> {
  const records = new Records(dir);
  const ended: string[] = [];
  for (const name of await records.names()) {
    const record = await records.get(name);
    if (record !== undefined && (await isRunning(record))) {
      await stop(record);
      ended.push(name);
    }
    await records.drop(name);
  }
  return ended;
}

async function start(lab: Lab, component: Component, order: number): Promise<void> {
  const { name } = component;
  const records = new Records(lab.path('run'));
  const { file, args, env = {} } = component.command(lab);
  const command = [file, ...args, ...Object.entries(env).flat()];
  const known = await records.get(name);
  if (known !== undefined && (await isRunning(known))) {
    if (String(known.command) === String(command)) return waitUntilReady(lab, component, known);
    await stop(known);
  }
  await component.prepare?.(lab);
  const began = Date.now();
  const proc = await launch(lab, name, { file, args, env });
  await records.put(name, { ...proc, command, order });
  await waitUntilReady(lab, component, proc);
  lab.report(`${name} ready (${((Date.now() - began) / 1000).toFixed(1)}s)`);
}

async function launch(lab: Lab, name: string, command: { file: string; args: readonly string[]; env: object }) {
  // Programs keep caches and look for configuration in HOME; here they find the lab's, never the user's.
  const env = { PATH: '/usr/bin:/bin', HOME: lab.path('home'), ...command.env };
  const launch = { file: command.file, args: command.args, env, cwd: lab.dir, log: logOf(lab, name) };
  return startDetached(launch).catch((error: unknown) => {
    throw new OpsError('precondition_failed', `${name} cannot be run: ${messageOf(error)}`, lab.cureOf(command.file));
  });
}

async function waitUntilReady(lab: Lab, component: Component, proc: Process): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await component.ready(lab))) {
    if (!(await isRunning(proc))) throw await problem(lab, component, 'ended before it was ready');
    if (Date.now() > deadline) throw await problem(lab, component, `is not ready after ${READY_WITHIN_MS / 1000} s`);
    await sleep(LOOK_EVERY_MS);
  }
}

async function problem(lab: Lab, component: Component, what: string): Promise<OpsError> {
  const log = await readFile(logOf(lab, component.name), 'utf8').catch(() => '');
  const tail = log.trim().split('\n').slice(-TAIL_LINES).join('\n');
  const message = `${component.name} ${what}. The end of ${logOf(lab, component.name)}:\n${tail || '(nothing)'}`;
  return new OpsError('precondition_failed', message, await cureOf(log, component, lab));
}

async function cureOf(log: string, component: Component, lab: Lab): Promise<string> {
  if (/address already in use/.test(log)) {
    const numbers = component.ports.map((port) => lab.ports[port]).join(' or ');
    return `Another program took port ${numbers} meanwhile. Run the same command again: the lab moves to a free one.`;
  }
  if (/no space left/.test(log))
    return `The disk that holds ${lab.dir} is full: make room and run the same command again.`;
  // A damaged program says nothing, or the shell stumbles over its bytes: only another call of it tells.
  if (log.trim() === '' || !(await runs(lab.kubectl))) return lab.cureOf(component.command(lab).file);
  return `Run \`npm run lab -- reset\` to start from nothing; ${lab.dir} holds all logs.`;
}

function logOf(lab: Pick<Lab, 'path'>, name: string): string {
  return lab.path('logs', `${name}.log`);
}
