import { cpSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import getPort from 'get-port';
import type { Agents } from '../../daemon/agent/agents.ts';
import type { DaemonStores } from '../../daemon/stores.ts';
import { openDaemon } from '../../daemon/wire.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import { stringAt } from '../../shared/kernel/json.ts';
import { type Paths, pathsIn } from '../../shared/kernel/paths.ts';
import { KINDS } from '../../shared/notify/notification.ts';
import type { Alert } from '../../shared/workflow/events.ts';
import { joinedGate } from './joined-gate.ts';
import { VirtualTime } from './soak-time.ts';
import { NOBODY_COUNTS } from './takeover-time.ts';

const ACTIONS = fileURLToPath(new URL('../../workflows/actions', import.meta.url));
/** At noon: a day of it crosses midnight. */
const START = Date.UTC(2026, 10, 24, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const OWNERS = 60;
/** How long an alert fires. */
const FIRES = 20 * MINUTE;

/** Of every six alerts, four start the one that proposes, one the one that only looks, one the one that fails. */
const WORKFLOWS = {
  remedy: `trigger: [{ type: alert, match: { work: remedy } }]
steps:
  - { name: look, agent: k8s-diagnostician, task: Look. }
  - { name: fix, agent: k8s-diagnostician, task: Propose., confirm_if: actions_proposed }
  - { name: tell, action: report, outputs: [summary, actions-taken] }`,
  triage: `trigger: [{ type: alert, match: { work: triage } }, { schedule: "*/30 * * * *" }]
steps:
  - { name: look, agent: k8s-diagnostician, task: Look. }`,
  shaky: `trigger: [{ type: alert, match: { work: shaky } }, { schedule: "15 * * * *" }]
steps:
  - { name: look, agent: k8s-diagnostician, task: Look. }`,
};

/** A daemon with a day before it: agents, people and time are simulated, all else is real. */
export async function soakRig(folder: string) {
  const messages = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const topic = stringAt(await json(request), 'topic') ?? '';
    messages.set(topic, (messages.get(topic) ?? 0) + 1);
    response.setHeader('content-type', 'application/json').end('{"event":"message"}');
  });
  const port = await getPort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const paths = homeIn(folder, `http://127.0.0.1:${port}`);
  const time = new VirtualTime(START);
  const plane = openSqlite(paths.database, time);
  let opened: DaemonStores | undefined;
  const stores = () => opened ?? raise('no stores are open');
  const gate = joinedGate({ paths, clock: time, stores, writer: 'kubectl-1-soak', effect: async () => {} });
  const failures: string[] = [];
  let sent = 0;
  const firing: { readonly alert: Alert; readonly until: number }[] = [];
  const log = (message: string, error?: unknown) => {
    if (failures.length < 100) failures.push(`${message}: ${error}`);
  };
  const daemon = await openDaemon(
    { paths, clock: time, env: {}, node: process.execPath, bundle: async (name) => name, log, tell: () => {} },
    {
      stores: (found) => {
        opened = found;
        return found;
      },
      ...{ sleep: time.sleep, agents: AGENTS, callTool: (call) => gate(call) },
      verify: async () => ({ result: 'cleared', detail: 'it is gone' }),
    },
  );
  const stop = new AbortController();
  const running = daemon.run(stop.signal);
  return {
    ...{ paths, time, plane, messages, failures, stores, alert },
    /** One more hour: `alerts` come in, and people answer. */
    hour: async (alerts: number) => {
      const begin = time.now();
      for (let minute = 1; minute <= 60; minute += 1) {
        const from = Math.floor((alerts * (minute - 1)) / 50);
        // The last ten minutes are for what is still being done.
        for (let n = from; n < Math.floor((alerts * minute) / 50) && n < alerts; n += 1) await alert();
        await resolve();
        await answer();
        await time.until(begin + minute * MINUTE);
      }
    },
    close: async () => {
      stop.abort();
      await Promise.all([running, time.until(time.now() + HOUR)]);
      await plane.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  /** A new one, and again, as Alertmanager repeats it. */
  async function alert() {
    sent += 1;
    const owner = `web-${(sent * 37) % OWNERS}`;
    const work = ['remedy', 'remedy', 'triage', 'remedy', 'shaky', 'remedy'][sent % 6] ?? 'remedy';
    const one: Alert = {
      labels: { alertname: 'Soak', work, namespace: `shop-${sent % 3}`, deployment: owner, severity: 'warning' },
      ...{ annotations: { summary: 'It is slow.' }, status: 'firing', fingerprint: `${owner}-${work}` },
      ...{ startsAt: new Date(time.now()).toISOString(), endsAt: '', generatorURL: '' },
    };
    await plane.inbox.receive('group', [one], time.now());
    await plane.inbox.receive('group', [one], time.now());
    firing.push({ alert: one, until: time.now() + FIRES });
  }

  /** Every alert resolves in the end, whether somebody has done something or not. */
  async function resolve() {
    while ((firing[0]?.until ?? Number.POSITIVE_INFINITY) <= time.now()) {
      const [old] = firing.splice(0, 1);
      if (old) await plane.inbox.receive('group', [{ ...old.alert, status: 'resolved' }], time.now());
    }
  }

  /** A person looks once a minute: of eight questions one is never answered, and one with a no. */
  async function answer() {
    const { approvals } = stores().approving;
    for (const { id, createdAt } of await approvals.list({ states: ['pending'] })) {
      const kind = [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 8;
      if (kind === 0 || time.now() - createdAt < kind * MINUTE) continue;
      await approvals.settle(id, { decision: kind === 1 ? 'reject' : 'approve', by: 'anna', via: 'dashboard' });
    }
  }
}

const AGENTS: Agents = {
  missing: async () => undefined,
  run: async ({ run, workflow, request }) => {
    if (workflow === 'shaky') return { kind: 'failed', reason: 'it broke', usage: NOBODY_COUNTS };
    const input = { kind: 'deployment', namespace: 'shop', name: `web-${run}`, replicas: 3 };
    const actions = [{ server: 'kubectl', tool: 'scale', input, why: 'load' }];
    const answer = { summary: 'Done.', ...(request.step === 'fix' && { actions }) };
    return { kind: 'answered', session: 'session', usage: NOBODY_COUNTS, answer };
  },
};

/** One channel for each kind of message: its topic says which. */
function homeIn(folder: string, url: string): Paths {
  const paths = pathsIn(join(folder, '.claude'));
  mkdirSync(join(paths.workflows, 'actions'), { recursive: true });
  cpSync(join(ACTIONS, 'report.yaml'), join(paths.workflows, 'actions', 'report.yaml'));
  for (const [name, text] of Object.entries(WORKFLOWS))
    writeFileSync(join(paths.workflows, `${name}.yaml`), `name: ${name}\n${text}\n`);
  const channels = KINDS.map((kind) => ({ type: 'ntfy', name: kind, topic: kind, kinds: [kind], url }));
  writeFileSync(paths.config, JSON.stringify({ notifications: { channels }, daemon: { budget: { day: 20 } } }));
  return paths;
}

export function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).sort();
}

export function sizeOf(file: string): number {
  return statSync(file).size;
}

function raise(message: string): never {
  throw new Error(message);
}
