import type { Log } from '../shared/kernel/log.ts';
import type { Catalog } from '../shared/workflow/catalog.ts';
import type { Announcer } from './announce/announcer.ts';
import { INBOX, notTakenIn, unreadable, WORKFLOWS } from './announce/problem.ts';
import { forEach } from './each.ts';
import type { IncidentPorts, Incidents } from './incidents/incidents.ts';
import type { Sleep } from './sleep.ts';
import type { Starter } from './starter.ts';
import type { DaemonInbox } from './stores.ts';

export interface IntakeOptions {
  readonly inbox: DaemonInbox;
  readonly incidents: Incidents;
  readonly ports: IncidentPorts;
  readonly starter: Pick<Starter, 'startManual'>;
  readonly catalog: () => Promise<Catalog>;
  readonly health: Pick<Announcer, 'healthy' | 'unhealthy'>;
  readonly sleep: Sleep;
  readonly log: Log;
}

/** Milliseconds to wait for news at most: what could not be done comes again by then. */
const PATIENCE = 20_000;

/** Milliseconds after a failure: the store may be away. */
const PAUSE = 5_000;

/** Takes in what came from outside, alerts and what people have started at the dashboard, until it is told to stop. */
export async function intake(options: IntakeOptions, signal: AbortSignal): Promise<void> {
  const { inbox, health, sleep, log } = options;
  let failing = false;
  while (!signal.aborted) {
    try {
      await takeIn(options);
      await health.healthy(INBOX);
      await inbox.arrived(PATIENCE, signal);
      failing = false;
    } catch (error) {
      if (signal.aborted) return;
      // One line an outage.
      if (!failing) log('the inbox cannot be read or written; it is tried again', error);
      failing = true;
      await health.unhealthy(notTakenIn(error));
      await sleep(PAUSE, signal);
    }
  }
}

/** One look. What a crash leaves behind is found by the next one; what cannot be done holds up nothing else. */
async function takeIn({ inbox, incidents, ports, starter, catalog, health }: IntakeOptions): Promise<void> {
  const { workflows, problems } = await catalog();
  const looks = [
    () => incidents.takeIn(inbox, [...workflows.values()]),
    async () =>
      forEach(await inbox.waiting(), async (entry) => {
        if (entry.body.kind === 'manual')
          await inbox.acknowledge(entry.id, entry.version, await starter.startManual(entry));
      }),
    () => incidents.deliver(ports),
  ];
  await (problems.length === 0 ? health.healthy(WORKFLOWS) : health.unhealthy(unreadable(problems)));
  await forEach(looks, (look) => look());
}
