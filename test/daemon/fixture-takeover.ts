import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Agents } from '../../daemon/agent/agents.ts';
import { sleep } from '../../daemon/sleep.ts';
import type { DaemonInbox, DaemonStores } from '../../daemon/stores.ts';
import { openDaemon } from '../../daemon/wire.ts';
import { installedWorkflows } from '../../shared/config/workflows.ts';
import { at } from '../../shared/kernel/json.ts';
import { pathsIn } from '../../shared/kernel/paths.ts';
import type { RunStore } from '../../shared/workflow/run-store.ts';
import { Runs } from '../../shared/workflow/runs.ts';
import { joinedGate } from './joined-gate.ts';
import { FasterClock, NOBODY_COUNTS } from './takeover-time.ts';

/**
 * A daemon whose cases stop for good at the point that it is told, one point a case, so that one SIGKILL hits each of
 * them there. It says `point CASE: LABEL` for each point that it comes by, and `frozen CASE: LABEL` where it stops.
 */
const [home = '', jumped = ''] = process.argv.slice(2);
const paths = pathsIn(home);
const clock = new FasterClock(Number(jumped));
let wanted: Readonly<Record<string, string>> = {};
let stores: DaemonStores | undefined;

const say = (text: string) => void process.stdout.write(`${text}\n`);

async function point(name: string, label: string): Promise<void> {
  say(`point ${name}: ${label}`);
  if (wanted[name] !== label) return;
  say(`frozen ${name}: ${label}`);
  await new Promise(() => {});
}

async function around<T>(name: string, label: string, work: () => Promise<T>): Promise<T> {
  await point(name, `before ${label}`);
  const done = await work();
  await point(name, `after ${label}`);
  return done;
}

/** What was really done, on disk before anybody is told. */
function note(file: string, what: object): void {
  const fd = openSync(join(home, file), 'a', 0o600);
  writeSync(fd, `${JSON.stringify({ ...what, pid: process.pid })}\n`);
  fsyncSync(fd);
  closeSync(fd);
}

function faulty(opened: DaemonStores): DaemonStores {
  const cases = new Map<string, string>();
  const { inbox, incidents, runStore, records } = opened;
  const store: RunStore = {
    append: (seq, event, row) => around(row.workflow, `${seq} ${event.type}`, () => runStore.append(seq, event, row)),
    read: (run) => runStore.read(run),
    list: (filter) => runStore.list(filter),
  };
  const waiting: DaemonInbox['waiting'] = async (limit) => {
    const entries = await inbox.waiting(limit);
    for (const { id, body } of entries) if (body.kind === 'alert') cases.set(id, body.alert.labels.case ?? '');
    return entries;
  };
  const caseOf = (id: string) => cases.get(id) ?? '';
  stores = {
    ...opened,
    runStore: store,
    runs: new Runs(store, clock),
    inbox: {
      ...inbox,
      waiting,
      acknowledge: (id, ...rest) => around(caseOf(id), 'acknowledge', () => inbox.acknowledge(id, ...rest)),
    },
    incidents: {
      known: (...given) => incidents.known(...given),
      take: (entry, ...rest) => around(caseOf(entry), 'incident', () => incidents.take(entry, ...rest)),
      effects: async () => {
        const all = await incidents.effects();
        for (const { id, effect } of all) if (effect.kind === 'start') cases.set(id, effect.workflow);
        return all;
      },
      done: (id) => around(caseOf(id), 'effect', () => incidents.done(id)),
      ofRun: (run) => incidents.ofRun(run),
      list: (limit) => incidents.list(limit),
      prune: (before) => incidents.prune(before),
    },
    records: (part, schema) => {
      const all = records(part, schema);
      if (part !== 'schedule') return all;
      const update: typeof all.update = async (key, make) => {
        const before = (await all.list()).find((one) => one.key === key)?.value;
        if (make(before) === before) return all.update(key, make);
        const isDue = at(before, 'due') !== undefined;
        return around(key, isDue ? 'settled' : 'due', () => all.update(key, make));
      };
      return { ...all, list: () => all.list(), update };
    },
  };
  return stores;
}

function opened(): DaemonStores {
  if (stores === undefined) throw new Error('no stores are open');
  return stores;
}

const gate = joinedGate({
  ...{ paths, clock, stores: opened, writer: `kubectl-${process.pid}-test` },
  effect: async ({ run, input }) => {
    const { workflow } = await opened().runs.get(run);
    await around(workflow, `effect on ${input.name}`, async () => note('effects.jsonl', { run, name: input.name }));
  },
  audit: (log) => ({
    writer: log.writer,
    append: (entry) => around(entry.workflow ?? '', `${entry.phase} of ${entry.inputs.name}`, () => log.append(entry)),
  }),
});

const call = (run: string, namespace: string, name: string) => ({
  ...{ run, server: 'kubectl', tool: 'scale', input: { kind: 'deployment', namespace, name, replicas: 3 } },
});

const agents: Agents = {
  missing: async () => undefined,
  run: async ({ run, workflow, request }) => {
    const { step, attempt } = request;
    note('steps.jsonl', { run, step, attempt });
    await point(workflow, `worked on ${step}`);
    if (step === 'act') await gate(call(run, workflow, 'acted'), 'k8s-diagnostician');
    const actions = ['first', 'second'].map((name) => {
      const { run: _, ...exact } = call(run, workflow, name);
      return { ...exact, why: 'load' };
    });
    const answer = { summary: `${step} is done.`, ...(step === 'look' && { serious: true }) };
    return {
      ...{ kind: 'answered', session: `session-${process.pid}`, usage: NOBODY_COUNTS },
      answer: step === 'fix' ? { ...answer, actions } : answer,
    };
  },
};

const daemon = await openDaemon(
  {
    ...{ paths, clock, env: {}, node: process.execPath, bundle: async (server) => server },
    log: (message, error) => void process.stderr.write(`${message}: ${error}\n`),
    tell: () => {},
  },
  {
    ...{ stores: faulty, agents, callTool: (of) => gate(of) },
    sleep: (ms, signal) => sleep(clock.real(ms), signal),
    verify: async () => ({ result: 'cleared', detail: 'it is gone' }),
  },
);
const stop = new AbortController();
// Read once here, and not by all runs that are taken over at the same time.
await installedWorkflows(paths);
const commandSchema = z.strictObject({
  go: z.literal(true).optional(),
  jump: z.number().optional(),
  stop: z.record(z.string(), z.string()).optional(),
});
createInterface({ input: process.stdin }).on('line', (line) => {
  const { go, jump, stop: points } = commandSchema.parse(JSON.parse(line));
  clock.jump(jump ?? 0);
  wanted = points ?? wanted;
  if (go === undefined) return;
  say('works');
  void daemon.run(stop.signal).then(() => process.exit(0));
});
say('ready');
