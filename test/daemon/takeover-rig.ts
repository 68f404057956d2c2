import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { SharedRecords } from '../../daemon/records.ts';
import { lastUntil, planOf } from '../../daemon/schedule/plan.ts';
import { scheduleStateSchema } from '../../daemon/schedule/state.ts';
import { Approvals } from '../../shared/approvals/approvals.ts';
import type { ControlPlane } from '../../shared/control-plane/ports.ts';
import { type Paths, pathsIn } from '../../shared/kernel/paths.ts';
import { Runs } from '../../shared/workflow/runs.ts';
import { isEnded } from '../../shared/workflow/state.ts';
import { tempFolder } from '../support/gate-rig.ts';
import { aWorkflow } from '../support/workflows.ts';
import type { FasterClock } from './takeover-time.ts';

const FIXTURE = fileURLToPath(new URL('./fixture-takeover.ts', import.meta.url));
const ACTIONS = fileURLToPath(new URL('../../workflows/actions', import.meta.url));

/** More than crashes can take: what a dead daemon has set aside stays so for the day. */
const CONFIG = `
approvals: { expires: 1440 }
daemon: { agents: 16, budget: { step: 0.1, run: 100, day: 1000 } }
`;

/** Every kind of step. Each case is a workflow of its own, so that no breaker sees a row of failures. */
const workflowOf = (name: string) => `
name: ${name}
trigger: [${name.startsWith('tick') ? '{ schedule: "0 0 1 1 *" }' : `{ type: alert, match: { case: ${name} } }`}]
timeout: 7d
autonomy: { auto_approve: [scale] }
steps:
  - { name: look, agent: k8s-diagnostician, task: Look., timeout: 1d, output: { type: object, properties: { summary: { type: string }, serious: { type: boolean } }, required: [summary, serious] } }
  - name: choose
    condition: "{{ steps.look.serious }}"
    branches:
      true: { name: fix, agent: k8s-diagnostician, task: Propose., timeout: 1d, confirm_if: actions_proposed }
      false: { name: nothing, agent: k8s-diagnostician, task: Nothing., timeout: 1d }
  - { name: act, agent: k8s-diagnostician, task: Act., timeout: 1d }
  - { name: tell, agent: k8s-diagnostician, task: "{{ steps.look.summary }}", timeout: 1d }
  - { name: notify, action: report, outputs: [summary, actions-taken] }
`;

export interface Place {
  readonly plane: ControlPlane;
  readonly paths: Paths;
  readonly clock: FasterClock;
}

/** `yaml`: where the dashboard is. */
export function aHome(yaml = ''): Paths {
  const paths = pathsIn(join(tempFolder(), '.claude'));
  mkdirSync(paths.workflows, { recursive: true });
  cpSync(ACTIONS, join(paths.workflows, 'actions'), { recursive: true });
  writeFileSync(paths.config, `${CONFIG}${yaml}`);
  return paths;
}

/** One process with a daemon in it. */
export class Victim {
  readonly said: string[] = [];
  readonly #child: ChildProcess;

  constructor({ paths, clock }: Place) {
    this.#child = spawn(process.execPath, [FIXTURE, paths.home, `${clock.jumped}`], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => void this.#child.kill('SIGKILL'));
    const { stdout } = this.#child;
    if (stdout !== null) createInterface({ input: stdout }).on('line', (line) => this.said.push(line));
  }

  async hears(word: string): Promise<void> {
    await soon(() => expect(this.said).toContain(word));
  }

  /** To begin to work; by how much the clock jumps; or at which point which case stops. */
  tell(command: { go?: true; jump?: number; stop?: Readonly<Record<string, string>> }): void {
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  async kill(): Promise<void> {
    const over = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await over;
  }
}

export const soon = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 60_000, interval: 20 });

const stepSchema = z.object({ run: z.string(), step: z.string(), attempt: z.int() });
const effectSchema = z.object({ run: z.string(), name: z.string() });

/** What starts cases, answers as a person, and looks at what came of them. */
export class Cases {
  readonly runs: Runs;
  /** Runs whose person had to say what nobody knows. */
  readonly doubtful = new Set<string>();
  readonly #place: Place;
  readonly #approvals: Approvals;

  constructor(place: Place) {
    this.#place = place;
    this.runs = new Runs(place.plane.runs, place.clock);
    this.#approvals = new Approvals(place.plane.approvals, place.clock);
  }

  /** Their workflows: all at once, since daemons read them anew after each change. */
  install(...names: readonly string[]): void {
    for (const name of names) writeFileSync(join(this.#place.paths.workflows, `${name}.yaml`), workflowOf(name));
  }

  /** What starts them. */
  async alert(...names: readonly string[]): Promise<void> {
    const now = this.#place.clock.now();
    const alerts = names.map((name) => ({
      labels: { alertname: 'Takeover', case: name, namespace: name, deployment: 'web' },
      ...{ annotations: {}, status: 'firing', startsAt: new Date(now).toISOString(), endsAt: '' },
      ...{ generatorURL: '', fingerprint: name },
    }));
    await this.#place.plane.inbox.receive('{}', alerts, now);
  }

  /** A schedule whose last tick nobody has seen. */
  async tick(name: string): Promise<void> {
    const plan = planOf(aWorkflow(workflowOf(name))) ?? expect.fail('a schedule');
    const after = (lastUntil(plan, this.#place.clock.now()) ?? 0) - 1;
    const states = new SharedRecords(this.#place.plane.daemonState, 'schedule', scheduleStateSchema);
    await states.update(name, () => ({ schedule: plan.text, after }));
  }

  /** Says yes to everything that waits. */
  async answer(): Promise<void> {
    for (const { id, run = '', input } of await this.#approvals.list({ states: ['pending'] })) {
      if (z.looseObject({ outcome: z.literal('unknown') }).safeParse(input).success) this.doubtful.add(run);
      await this.#approvals.settle(id, { decision: 'approve', by: 'anna', via: 'dashboard' });
    }
  }

  /** The ids of the runs that a case has: of each one, at its end. */
  async over(...names: readonly string[]): Promise<void> {
    await soon(async () => {
      await this.answer();
      for (const name of names) expect((await this.#stateOf(name))?.status, name).not.toMatch(/waiting|running/);
      for (const name of names) expect(await this.#stateOf(name), name).toBeDefined();
    });
  }

  async of(name: string) {
    const rows = await this.runs.list({ workflow: name });
    const [{ run } = expect.fail(`${name} has no run`)] = rows;
    const [state, events] = [await this.runs.get(run), await this.runs.history(run)];
    const steps = this.#noted('steps.jsonl', stepSchema).filter((line) => line.run === run);
    const effects = this.#noted('effects.jsonl', effectSchema).filter((line) => line.run === run);
    return { rows, state, events, steps, effects: effects.map(({ name: of }) => of).sort() };
  }

  async #stateOf(name: string) {
    const [row] = await this.runs.list({ workflow: name });
    if (row === undefined) return undefined;
    const state = await this.runs.get(row.run);
    return isEnded(state) ? state : { ...state, status: 'running' as const };
  }

  #noted<T>(file: string, schema: z.ZodType<T>): T[] {
    const path = join(this.#place.paths.home, file);
    if (!existsSync(path)) return [];
    const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => schema.parse(JSON.parse(line)));
  }
}
