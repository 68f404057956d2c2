import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AgentOutcome, Agents, AgentTask } from '../../daemon/agent/agents.ts';
import type { ToolCall } from '../../daemon/crew/deps.ts';
import { sleep } from '../../daemon/sleep.ts';
import type { DaemonStores } from '../../daemon/stores.ts';
import { openDaemon } from '../../daemon/wire.ts';
import { Approvals } from '../../shared/approvals/approvals.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import type { Paths } from '../../shared/kernel/paths.ts';
import type { Alert } from '../../shared/workflow/events.ts';
import { Runs } from '../../shared/workflow/runs.ts';
import { tempFolder } from '../support/gate-rig.ts';
import { channelSettings } from '../support/notify-rig.ts';
import { fakeServices } from '../support/notify-services.ts';
import { answered } from './crew-rig.ts';
import { joinedGate } from './joined-gate.ts';
import { aHome } from './takeover-rig.ts';
import { FasterClock } from './takeover-time.ts';

/** What an agent of a test does. */
export type Agent = (task: AgentTask, signal: AbortSignal) => Promise<AgentOutcome>;

export const fine: Agent = async ({ request }) => answered({ summary: `${request.step} is done.` }, 0.01);

/** A machine with these workflows, without a cluster, whose people are told on a fake ntfy; `yaml`: where its dashboard is. */
export async function joinedHome(
  workflows: Readonly<Record<string, string>>,
  yaml = '',
  clock: FasterClock = new FasterClock(),
) {
  const services = await fakeServices();
  const channels = [channelSettings(services.origin, tempFolder()).ntfy];
  const paths = aHome(
    `kubectl: { kubeconfig: /nowhere/kubeconfig }\nnotifications: ${JSON.stringify({ channels })}\n${yaml}`,
  );
  for (const [name, text] of Object.entries(workflows))
    writeFileSync(join(paths.workflows, `${name}.yaml`), `name: ${name}\n${text}`);
  return { paths, clock, services };
}

export type JoinedHome = Awaited<ReturnType<typeof joinedHome>>;

/** What the daemons of a home share, from outside. */
export function sharedAt({ paths, clock }: Pick<JoinedHome, 'paths' | 'clock'>) {
  const plane = openSqlite(paths.database, clock);
  onTestFinished(() => plane.close());
  return { plane, runs: new Runs(plane.runs, clock), approvals: new Approvals(plane.approvals, clock) };
}

export interface JoinedOptions {
  /** The agents of this machine where it is left out. */
  readonly agent?: Agent;
  /** Changes its environment, which has nothing in it. */
  readonly env?: Readonly<Record<string, string>>;
  readonly change?: (stores: DaemonStores) => DaemonStores;
}

/** A whole daemon, in time that goes by faster. Its stores stay open until the test ends: it can be looked at when it has run. */
export async function joinedDaemon({ paths, clock }: JoinedHome, options: JoinedOptions) {
  const { agent, env = {}, change = (given) => given } = options;
  const [told, logged, asked, called]: [string[], string[], AgentTask[], ToolCall[]] = [[], [], [], []];
  const stop = new AbortController();
  const agents: Agents | undefined = agent && {
    missing: async () => undefined,
    run: (task, signal) => {
      asked.push(task);
      return agent(task, signal);
    },
  };
  let stores: DaemonStores | undefined;
  const gate = gateOf({ paths, clock }, called, () => stores);
  const daemon = await openDaemon(
    {
      ...{ paths, clock, env, node: process.execPath, bundle: async (server: string) => server },
      log: (message, error) => void logged.push(`${message}: ${error}`),
      tell: ({ text }) => void told.push(text),
    },
    {
      ...(agents && { agents }),
      callTool: (call) => gate(call),
      sleep: (ms, signal) => sleep(clock.real(ms), signal),
      verify: async () => ({ result: 'cleared', detail: 'it is gone' }),
      stores: (opened) => {
        onTestFinished(() => opened.close());
        stores = change({ ...opened, close: async () => {} });
        return stores;
      },
    },
  );
  let running: Promise<void> | undefined;
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  const run = () => {
    running ??= daemon.run(stop.signal);
    return running;
  };
  return { daemon, told, logged, asked, called, stop, run };
}

function gateOf(of: { paths: Paths; clock: FasterClock }, called: ToolCall[], stores: () => DaemonStores | undefined) {
  return joinedGate({
    ...{ ...of, writer: `kubectl-${process.pid}-joined` },
    stores: () => stores() ?? fail(),
    effect: async (call) => void called.push(call),
  });
}

function fail(): never {
  throw new Error('no stores are open');
}

/** One alert of a workload of its own for each case. */
export function alerts(...cases: readonly string[]): Alert[] {
  return cases.map((name) => ({
    labels: { alertname: 'Joined', case: name, namespace: name, deployment: 'web' },
    ...{ annotations: {}, status: 'firing', startsAt: '2026-11-24T06:00:00Z', endsAt: '' },
    ...{ generatorURL: '', fingerprint: name },
  }));
}
