import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { workflowsToolset } from '../../servers/workflows/toolset.ts';
import { effectsOf } from '../../shared/audit/effects.ts';
import { runStepFinder } from '../../shared/boot/run-step.ts';
import { openRuns } from '../../shared/boot/runs.ts';
import { Sessions } from '../../shared/boot/sessions.ts';
import { parseConfig } from '../../shared/config/parse.ts';
import { installedWorkflows } from '../../shared/config/workflows.ts';
import type { Call, Caller, Verdict } from '../../shared/gate/call.ts';
import { pass } from '../../shared/gate/gate.ts';
import { pathsIn } from '../../shared/kernel/paths.ts';
import { aCaller } from './builders.ts';
import { type GateRig, gateRig } from './gate-rig.ts';

/** Who does the steps of the tests. */
export const ACTOR = { session: 'chat-1', agent: 'k8s-diagnostician' };

type Answered = Extract<Verdict, { kind: 'answer' }>;

/** A machine on which workflows are installed, and a chat that runs them through the real server, gate, log and stores. */
export class WorkflowsRig {
  readonly gate: GateRig;
  readonly paths;
  readonly #runs;
  readonly #toolset;

  /** `files`: workflows by their file name, beside the named actions that ship. */
  constructor(files: Readonly<Record<string, string>>, autonomy?: unknown) {
    this.gate = gateRig({ autonomy });
    const { folder, clock, ports } = this.gate;
    this.paths = { ...pathsIn(folder), actionLogs: join(folder, 'actions') };
    const shipped = fileURLToPath(new URL('../../workflows/actions', import.meta.url));
    cpSync(shipped, join(this.paths.workflows, 'actions'), { recursive: true });
    for (const [file, text] of Object.entries(files)) this.write(file, text);
    const { runs, close } = openRuns(this.paths, clock, (message) => this.gate.logged.push(message));
    onTestFinished(close);
    this.#runs = runs;
    this.#toolset = workflowsToolset({
      runs: async () => runs,
      catalog: () => installedWorkflows(this.paths),
      ports,
      effects: (attempt) => effectsOf(this.paths.actionLogs, attempt),
      sessions: new Sessions(this.paths.sessions),
    });
  }

  get runs() {
    return this.#runs;
  }

  write(file: string, text: string): void {
    const path = join(this.paths.workflows, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  /** A call of the workflows server by the orchestrator of a chat. */
  ask(tool: string, input: object, caller: Partial<Caller> = {}): Promise<Verdict> {
    return this.#toolset.call(tool, input, aCaller({ session: 'chat-1', agent: 'k8s-orchestrator', ...caller }));
  }

  /** The same, where nobody is asked. */
  async call(tool: string, input: object, caller: Partial<Caller> = {}): Promise<Answered> {
    const verdict = await this.ask(tool, input, caller);
    if (verdict.kind === 'ask') throw new Error(`a person was asked: ${verdict.message}`);
    return verdict;
  }

  /** Starts a workflow that asks nobody, and says the run's id. */
  async start(workflow: string, inputs: object = {}, caller: Partial<Caller> = {}): Promise<string> {
    return runIn(await this.call('start', { workflow, inputs, why: 'a test needs it' }, caller));
  }

  async report(run: string, step: string, answer: object): Promise<Answered> {
    return this.call('report_step', { run, step, answer });
  }

  /** A call of another server, as its process makes it: the run is found by who calls. */
  tool(call: Call, caller: Partial<Caller> = ACTOR, run?: string): Promise<Verdict> {
    const { ports, clock } = this.gate;
    const config = async () => parseConfig('', 'k8s-agent.yaml');
    const env = { K8S_AGENT_RUN: run };
    const runStep = runStepFinder({ paths: this.paths, config, env, clock, log: ports.log });
    return pass({ ...ports, runStep }, call, aCaller(caller));
  }

  /** The person of the dialog answers, and the client repeats the call. */
  async answer(tool: string, input: object, decision: 'approve' | 'reject'): Promise<Answered> {
    const asked = await this.ask(tool, input);
    if (asked.kind !== 'ask') throw new Error(`nobody was asked: ${asked.text}`);
    return this.call(tool, input, { reply: { ...asked, action: 'accept', decision } });
  }

  /** The logs of runs, by file name. */
  logs(): Readonly<Record<string, string>> {
    const { workflowLogs } = this.paths;
    return Object.fromEntries(
      readdirSync(workflowLogs).map((name) => [name, readFileSync(join(workflowLogs, name), 'utf8')]),
    );
  }
}

/** The id of the run that an answer speaks of. */
export function runIn({ text }: Answered): string {
  const [id] = /run-\w+/.exec(text) ?? [];
  if (id === undefined) throw new Error(`no run in: ${text}`);
  return id;
}
