import type { Log } from '../shared/kernel/log.ts';
import type { Catalog } from '../shared/workflow/catalog.ts';
import type { IncidentPorts, Incidents } from './incidents/incidents.ts';
import type { Sleep } from './sleep.ts';
import type { Starter } from './starter.ts';
import type { DaemonInbox } from './stores.ts';

export interface IntakeOptions {
  readonly inbox: DaemonInbox;
  readonly incidents: Incidents;
  readonly ports: IncidentPorts;
  readonly starter: Starter;
  readonly catalog: () => Promise<Catalog>;
  readonly sleep: Sleep;
  readonly log: Log;
}

/** Milliseconds to wait for news at most: what could not be done comes again by then. */
const PATIENCE = 20_000;

/** Milliseconds after a failure: the store may be away. */
const PAUSE = 5_000;

/** Takes in what came from outside, alerts and what people have started at the dashboard, until it is told to stop. */
export async function intake(options: IntakeOptions, signal: AbortSignal): Promise<void> {
  const { inbox, sleep, log } = options;
  let failing = false;
  while (!signal.aborted) {
    try {
      await takeIn(options);
      await inbox.arrived(PATIENCE, signal);
      failing = false;
    } catch (error) {
      if (signal.aborted) return;
      // One line an outage.
      if (!failing) log('the inbox cannot be read or written; it is tried again', error);
      failing = true;
      await sleep(PAUSE, signal);
    }
  }
}

/** One look. What a crash leaves behind is found by the next one. */
async function takeIn({ inbox, incidents, ports, starter, catalog }: Omit<IntakeOptions, 'sleep' | 'log'>) {
  const workflows = [...(await catalog()).workflows.values()];
  await incidents.takeIn(inbox, workflows);
  for (const entry of await inbox.waiting()) {
    if (entry.body.kind === 'manual')
      await inbox.acknowledge(entry.id, entry.version, await starter.startManual(entry));
  }
  await incidents.deliver(ports);
}
