import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import timers from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, vi } from 'vitest';
import type { AgentOutcome, Agents, AgentTask } from '../../daemon/agent/agents.ts';
import { Crew } from '../../daemon/crew/crew.ts';
import type { CrewDeps, ToolCall } from '../../daemon/crew/deps.ts';
import type { Leases } from '../../daemon/lease/lease.ts';
import type { Sleep } from '../../daemon/sleep.ts';
import { openDaemonStores } from '../../daemon/stores.ts';
import { effectsOf } from '../../shared/audit/effects.ts';
import { runStepFinder } from '../../shared/boot/run-step.ts';
import { parseConfig } from '../../shared/config/parse.ts';
import { installedWorkflows, workflowIn } from '../../shared/config/workflows.ts';
import { pass } from '../../shared/gate/gate.ts';
import type { OpsError } from '../../shared/kernel/errors.ts';
import { pathsIn } from '../../shared/kernel/paths.ts';
import type { EventOf, RunEvent } from '../../shared/workflow/events.ts';
import type { RunState } from '../../shared/workflow/state.ts';
import { aCall, aCaller, aPlan, aWrite } from '../support/builders.ts';
import { gateRig } from '../support/gate-rig.ts';
import { BY_HAND } from '../support/run-rig.ts';

const USAGE = { model: 'haiku', inputTokens: 10, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0 };

export function answered(answer: Extract<AgentOutcome, { kind: 'answered' }>['answer'], costUsd = 0.1): AgentOutcome {
  return { kind: 'answered', answer, session: 's1', usage: { ...USAGE, costUsd, turns: 2, durationMs: 5 } };
}

export interface CrewRigOptions {
  readonly workflow: string;
  readonly agent?: (task: AgentTask, signal: AbortSignal) => Promise<AgentOutcome>;
  readonly deps?: Partial<CrewDeps>;
}

/** No test waits for a clock: every pause is as short as it can be. */
export const brief: Sleep = async (_, signal) => {
  await timers.setTimeout(2, undefined, { signal }).catch(() => undefined);
};

/** A machine with one workflow, its stores in a real file, and daemons that drive runs on them through the real gate. */
export async function crewRig({ workflow: text, agent, deps = {} }: CrewRigOptions) {
  const gate = gateRig();
  const { clock, folder } = gate;
  const paths = { ...pathsIn(folder), actionLogs: join(folder, 'actions') };
  const shipped = fileURLToPath(new URL('../../workflows/actions', import.meta.url));
  cpSync(shipped, join(paths.workflows, 'actions'), { recursive: true });
  mkdirSync(paths.workflows, { recursive: true });
  writeFileSync(join(paths.workflows, 'test.yaml'), text);
  const config = parseConfig('', 'k8s-agent.yaml');
  const { log } = gate.ports;
  const stores = await openDaemonStores({ config, paths, env: {}, clock, log });
  onTestFinished(() => stores.close());
  const { runs, approving } = stores;
  let renewedAt = 0;
  const leases: Leases = {
    ...{ claim: (...of) => stores.leases.claim(...of), holds: (...of) => stores.leases.holds(...of) },
    ...{ release: (...of) => stores.leases.release(...of), abandoned: (...of) => stores.leases.abandoned(...of) },
    renew: async (lease, now, life) => {
      const renewed = await stores.leases.renew(lease, now, life);
      if (renewed !== undefined) renewedAt = now;
      return renewed;
    },
  };
  const ports = { ...gate.ports, approvals: () => approving.approvals };
  const catalog = () => installedWorkflows(paths);
  const asked: AgentTask[] = [];
  const called: ToolCall[] = [];
  const ended: RunState[] = [];
  const told: string[] = [];
  const problems = new Map<string, OpsError>();
  const agents: Agents = {
    missing: async () => undefined,
    run: async (task, signal) => {
      asked.push(task);
      return (await agent?.(task, signal)) ?? answered({ summary: 'Fine.' });
    },
  };
  /** As the server does it: through the gate, with the step found by the run that the process serves. */
  const callTool: CrewDeps['callTool'] = async (call) => {
    called.push(call);
    const runStep = runStepFinder({ paths, config: async () => config, env: { K8S_AGENT_RUN: call.run }, clock, log });
    const { server, tool, input } = call;
    const given = aCall({ server, tool, input, given: input, effect: aWrite(aPlan()) });
    const verdict = await pass({ ...ports, runStep }, given, aCaller({ canAsk: false }));
    if (verdict.kind === 'ask') throw new Error('nobody is there to be asked');
    return { isError: verdict.isError, text: verdict.text };
  };
  const drive: CrewDeps['drive'] = {
    ...{ runs: async () => runs, catalog, ports },
    effects: (attempt) => effectsOf(paths.actionLogs, attempt),
  };
  const crewOf = (owner: string, change: Partial<CrewDeps> = {}) =>
    new Crew({
      ...{ owner, runs, leases, agents, callTool, clock, log, sleep: brief },
      approvals: approving.approvals,
      drive,
      spending: {
        reserve: async () => ({ kind: 'reserved', budgetUsd: 1, settle: async () => {}, leave: async () => {} }),
      },
      verify: async () => ({ result: 'cleared', detail: 'it is gone' }),
      problem: (id, error) => void (error === undefined ? problems.delete(id) : problems.set(id, error)),
      changed: async () => {},
      ended: async (state) => void ended.push(state),
      config: config.daemon,
      tell: ({ text: line }) => void told.push(line),
      ...deps,
      ...change,
    });
  return {
    ...{ gate, clock, paths, drive, runs, leases, approvals: approving.approvals, stores },
    ...{ asked, called, ended, told, problems, crewOf },
    /** Time goes by for a daemon that works: its lease is renewed at each step, until its run has ended. */
    pass: async (ms: number) => {
      for (let passed = 0; passed < ms && ended.length === 0; passed += 15_000) {
        clock.advance(15_000);
        await vi.waitFor(() => expect(ended.length > 0 || renewedAt === clock.now()).toBe(true), { timeout: 10_000 });
      }
    },
    start: async (run = 'run-test', cause = BY_HAND) => {
      const found = workflowIn(await catalog(), 'test');
      return (await runs.start(found, { run, cause })).run;
    },
    events: (run = 'run-test'): Promise<readonly RunEvent[]> => runs.history(run),
    eventsOf: async <T extends RunEvent['type']>(type: T, run = 'run-test'): Promise<readonly EventOf<T>[]> =>
      (await runs.history(run)).filter((event): event is EventOf<T> => event.type === type),
    types: async (run = 'run-test') => (await runs.history(run)).map(({ type }) => type),
  };
}

export type CrewRig = Awaited<ReturnType<typeof crewRig>>;
