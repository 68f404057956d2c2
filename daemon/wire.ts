import { hostname } from 'node:os';
import { baseOf } from '../shared/boot/desk.ts';
import { backendSettings } from '../shared/config/backends.ts';
import { readConfig } from '../shared/config/config.ts';
import { installedWorkflows } from '../shared/config/workflows.ts';
import type { Clock } from '../shared/kernel/clock.ts';
import type { Log } from '../shared/kernel/log.ts';
import type { Paths } from '../shared/kernel/paths.ts';
import { openChannels } from '../shared/notify/channel.ts';
import { Notifier } from '../shared/notify/notifier.ts';
import { Outbox } from '../shared/notify/outbox.ts';
import { serverAccess } from './access/access.ts';
import { type Agents, openAgents } from './agent/agents.ts';
import { callTool } from './agent/tool-call.ts';
import { Announcer } from './announce/announcer.ts';
import { freeBytesAt } from './announce/machine-watch.ts';
import { openBreakers } from './breaker/open.ts';
import type { CrewDeps } from './crew/deps.ts';
import { effectsFinder } from './crew/effects.ts';
import { type Daemon, WorkingDaemon } from './daemon.ts';
import { daemonGate } from './gate.ts';
import { isOfThisMachine, ownerName } from './owner-name.ts';
import { type Sleep, sleep } from './sleep.ts';
import { daySchema } from './spending/day.ts';
import { Spending } from './spending/spending.ts';
import { sourcesOf } from './status/sources.ts';
import { type DaemonStores, openDaemonStores } from './stores.ts';
import { verify } from './verify/verify.ts';
import type { Line } from './view.ts';

export interface DaemonOptions {
  /** Absolute path of Node.js, and where the bundle of a server is. */
  readonly node: string;
  readonly bundle: (server: string) => Promise<string>;
  readonly paths: Paths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
  readonly tell: (line: Line) => void;
  /** Where people find the dashboard, for links; what the configuration says where it is left out. */
  readonly dashboardUrl?: string;
}

/** Parts that stand for those of this machine: where there is no agent, no cluster and no time to wait. */
export interface Instead {
  readonly sleep?: Sleep;
  readonly agents?: Agents;
  readonly callTool?: CrewDeps['callTool'];
  readonly verify?: CrewDeps['verify'];
  /** The stores of this machine's configuration, changed. */
  readonly stores?: (stores: DaemonStores) => DaemonStores;
}

/** Joins the parts of a daemon to what this machine's configuration says. Nothing is reached before it runs. */
export async function openDaemon(options: DaemonOptions, instead: Instead = {}): Promise<Daemon> {
  const { paths, env, clock, log } = options;
  const { sleep: wait = sleep, stores: change = (opened) => opened } = instead;
  const config = await readConfig(paths.config);
  const stores = change(await openDaemonStores({ config, paths, env, clock, log, sleep: wait }));
  const { runs, actions, records, approving, incidents } = stores;
  const owner = ownerName();
  const sources = sourcesOf(config, env, clock);
  const access = serverAccess({ env, cluster: sources.cluster, clock, log });
  const servers = { ...options, ...(access && { access: (server: string) => access.environment(server) }) };
  const { timezone } = config.notifications;
  const outbox = new Outbox(paths.database);
  const channels = openChannels(config.notifications, env, clock);
  const notifier = new Notifier(channels, { outbox, clock, random: Math.random, log, sleep: wait });
  const breakers = openBreakers(stores, clock);
  const spending = new Spending({
    budget: config.daemon.budget,
    timezone,
    days: records('spending', daySchema),
    clock,
  });
  const url = options.dashboardUrl ?? backendSettings('dashboard', config, env).url;
  const leading = { now: false };
  const announcer = new Announcer({
    ...{ records, leads: () => leading.now, owner, by: hostname(), clock, sleep: wait, log, notifier, runs, incidents },
    ...{ approvals: approving.approvals, breakers, timezone, isRemote: stores.isRemote },
    ...(url !== undefined && { base: baseOf(url) }),
    ...(approving.desk && { approvalLink: approving.desk.link }),
    freeBytes: () => freeBytesAt(paths.state),
  });
  const catalog = () => installedWorkflows(paths);
  return new WorkingDaemon({
    ...{
      owner,
      config,
      paths,
      clock,
      sleep: wait,
      log,
      stores,
      sources,
      breakers,
      spending,
      announcer,
      notifier,
      catalog,
    },
    ...{ leading, channels, outbox, env },
    ...(access && { access }),
    ...(url !== undefined && { base: baseOf(url) }),
    tell: (line) => options.tell({ at: clock.now(), ...line }),
    agents: instead.agents ?? openAgents({ ...servers, log }),
    callTool: instead.callTool ?? ((call, signal) => callTool(servers, call, signal)),
    verify:
      instead.verify ??
      ((about, signal) => verify({ sources, clock, sleep: wait, log, minutes: config.daemon.verify }, about, signal)),
    drive: {
      runs: async () => runs,
      catalog,
      ports: daemonGate({ paths, config, approvals: approving.approvals, clock, log }),
      effects: effectsFinder({ actionLogs: paths.actionLogs, shipped: actions, isOfThisMachine }),
    },
  });
}
