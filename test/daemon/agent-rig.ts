import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type AgentOutcome, openAgents } from '../../daemon/agent/agents.ts';
import type { ServerOptions } from '../../daemon/agent/servers.ts';
import type { LabInfo } from '../../lab/index.ts';
import { openRuns } from '../../shared/boot/runs.ts';
import { installedWorkflows, workflowIn } from '../../shared/config/workflows.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import type { JsonObject } from '../../shared/kernel/json.ts';
import { type Paths, pathsIn } from '../../shared/kernel/paths.ts';
import type { StepRequest } from '../../shared/workflow/command.ts';
import type { Workflow } from '../../shared/workflow/definition.ts';
import type { Runs } from '../../shared/workflow/runs.ts';
import { installProduct, type Product } from '../support/claude/product.ts';
import { type Scripts, use } from '../support/claude/script.ts';

/** A run whose next step an agent does, and the real client, servers and cluster to do it with. */
export interface AgentRig {
  readonly product: Product;
  readonly paths: Paths;
  readonly options: ServerOptions;
  readonly run: string;
  /** What the client and our own code had to complain about. */
  readonly logged: string[];
  /** Stores that the step has begun, and lets the agent do it. `change` is for what a test is about. */
  step(options?: {
    options?: Partial<ServerOptions>;
    signal?: AbortSignal;
    change?: Partial<StepRequest>;
    budgetUsd?: number;
    maxTurns?: number;
  }): Promise<AgentOutcome>;
}

export const KEY = 'sk-ant-test-0000000000000000000000000000';

/** The answer of a step, as the client's own tool takes it. */
export const answer = (fields: JsonObject) => use('StructuredOutput', fields);

const WORKFLOW = `name: agent-test
steps:
  - name: look
    agent: k8s-diagnostician
    model: opus
    task: "[[script:agent]] Look at @/etc/hostname"
    output:
      type: object
      properties: { summary: { type: string } }
      required: [summary]
      additionalProperties: false
`;

export async function agentRig(
  claude: string,
  lab: LabInfo,
  scriptsFor: (namespace: string) => Scripts,
  { env = {}, file = WORKFLOW }: { env?: Record<string, string>; file?: string } = {},
): Promise<AgentRig> {
  const product = await installProduct(claude, lab, scriptsFor);
  const paths = pathsIn(product.at.claude);
  writeFileSync(join(paths.workflows, 'agent-test.yaml'), file);
  const logged: string[] = [];
  const log = (message: string, error: unknown) => void logged.push(`${message}: ${String(error)}`);
  const { runs, close } = openRuns(paths, systemClock, log);
  onTestFinished(close);
  const workflow = workflowIn(await installedWorkflows(paths), 'agent-test');
  const { run } = await runs.start(workflow, { cause: { kind: 'manual', by: 'anna' } });
  const options: ServerOptions = {
    paths,
    node: process.execPath,
    bundle: async (server) => fileURLToPath(new URL(`../../dist/${server}.js`, import.meta.url)),
    env: {
      PATH: `${binFolder(claude, product.at.home)}:/usr/bin:/bin`,
      HOME: product.at.home,
      KUBECONFIG: lab.kubeconfig,
      ANTHROPIC_BASE_URL: product.model.url,
      ANTHROPIC_API_KEY: KEY,
      ...env,
    },
  };
  const step: AgentRig['step'] = async ({
    signal = new AbortController().signal,
    options: changed,
    change,
    budgetUsd = 1,
    maxTurns = 20,
  } = {}) => {
    const request = { ...(await begin(runs, workflow, run)), ...change };
    return openAgents({ ...options, ...changed, log }).run(
      { run, workflow: workflow.name, request, budgetUsd, maxTurns },
      signal,
    );
  };
  return { product, paths, options, run, logged, step };
}

/** A folder with the client under the name that a shell finds. */
export function binFolder(claude: string, home: string): string {
  const bin = join(home, 'bin');
  mkdirSync(bin, { recursive: true });
  symlinkSync(claude, join(bin, 'claude'));
  return bin;
}

async function begin(runs: Runs, workflow: Workflow, run: string): Promise<StepRequest> {
  const { command } = await runs.advance(workflow, run);
  if (command.kind === 'admit') {
    await runs.record(run, (_, at) => ({ type: 'admitted', at }));
    return begin(runs, workflow, run);
  }
  if (command.kind !== 'run-step') throw new Error(`the run wants ${command.kind}`);
  const { step, attempt, timeoutMs } = command.request;
  await runs.record(run, (_, at) => ({ type: 'step-started', at, step, attempt, deadline: at + timeoutMs }));
  return command.request;
}
