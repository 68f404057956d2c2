import { hostname } from 'node:os';
import type { Workflow } from '../shared/workflow/definition.ts';
import { isEnded } from '../shared/workflow/state.ts';
import { again } from './again.ts';
import { incidentPorts } from './alerts.ts';
import { type IncidentPorts, Incidents, type RunEnd } from './incidents/incidents.ts';
import { ownerOf } from './incidents/owner.ts';
import { intake } from './intake.ts';
import { demandLead } from './lead.ts';
import type { DaemonParts } from './parts.ts';
import { publish, watchedOf } from './publish/publish.ts';
import { Scheduler } from './schedule/scheduler.ts';
import { scheduleStateSchema } from './schedule/state.ts';
import type { Starter } from './starter.ts';
import { ownerOfPod } from './verify/workload.ts';
import type { DaemonView } from './view.ts';

/** Milliseconds for one look at who owns a pod, while alerts wait. */
const LOOKUP = 5_000;

/** Milliseconds after which an incident whose run does not exist holds up no other: it could not be started. */
const STILLBORN = 600_000;

/** What only one daemon does: schedules, alerts, and what is published. */
export class Leader {
  readonly #options: DaemonParts;
  readonly #starter: Starter;
  readonly #view: () => Promise<DaemonView>;

  constructor(options: DaemonParts, starter: Starter, view: () => Promise<DaemonView>) {
    this.#options = options;
    this.#starter = starter;
    this.#view = view;
  }

  /** Until `signal` is aborted. `stop` says that this daemon comes to its end, and not only its lead. */
  async run(signal: AbortSignal, stop: AbortSignal): Promise<void> {
    const { stores, leading, tell, sources, breakers, spending, clock, log, catalog, sleep, config, env } =
      this.#options;
    const { announcer, channels, outbox } = this.#options;
    // What still ends while this daemon is stopped is told by it, too; what ends after its lead is lost is not.
    const lose = () => {
      leading.now = stop.aborted;
    };
    leading.now = true;
    signal.addEventListener('abort', lose, { once: true });
    tell({ level: 'info', text: 'This daemon leads: it fires schedules and takes in alerts.' });
    const health = { unhealthy: announcer.unhealthy.bind(announcer), healthy: announcer.healthy.bind(announcer) };
    const outboxWaiting = () => channels.reduce((sum, { name }) => sum + outbox.waiting(name), 0);
    const published = {
      ...{ board: stores.board, view: this.#view, breakers, spending, outboxWaiting, health, catalog },
      ...{ watched: watchedOf(config, env), sources, by: hostname(), clock, sleep, log },
    };
    const taken = { inbox: stores.inbox, ports: this.#ports(), starter: this.#starter, catalog, health, sleep, log };
    try {
      await Promise.all([
        this.#schedule(signal),
        intake({ ...taken, incidents: this.#incidents() }, signal),
        publish(published, signal),
      ]);
    } finally {
      lose();
    }
  }

  async #schedule(signal: AbortSignal): Promise<void> {
    const { stores, clock, sleep, log, catalog } = this.#options;
    let workflows: readonly Workflow[] = [];
    const scheduler = new Scheduler({
      ...{ clock, sleep, log, states: stores.records('schedule', scheduleStateSchema) },
      workflows: () => workflows,
      start: ({ run, workflow, cause }) => this.#starter.start({ run, workflow, cause }),
    });
    // A look is made of the files as they are then.
    await again(
      0,
      async () => {
        workflows = [...(await catalog()).workflows.values()];
        await scheduler.look();
        await sleep(scheduler.pause(), signal);
      },
      signal,
      { sleep, log },
    );
  }

  #incidents(): Incidents {
    const { stores, sources, clock, log } = this.#options;
    return new Incidents({
      ...{ store: stores.incidents, clock, log },
      endOf: (run) => this.#endOf(run),
      ownerOf: (labels) =>
        ownerOf(labels, (namespace, pod) => ownerOfPod(sources.cluster, namespace, pod, AbortSignal.timeout(LOOKUP))),
    });
  }

  #ports(): IncidentPorts {
    const { stores, announcer, leading } = this.#options;
    const { runs, approving } = stores;
    const approvals = approving.approvals;
    const { start, joined, resolved } = incidentPorts({ runs, approvals, starter: this.#starter });
    return {
      start: async (effect) => {
        await start(effect);
        announcer.incidentOpened(effect);
      },
      joined: async (effect) => {
        demandLead(leading);
        await joined(effect);
        if (effect.worse) await announcer.incidentChanged(effect.run);
      },
      resolved: async (effect) => {
        demandLead(leading);
        await resolved(effect);
        if (effect.left === 0) await announcer.incidentChanged(effect.run);
      },
    };
  }

  async #endOf(run: string): Promise<RunEnd | undefined> {
    const { stores, clock } = this.#options;
    const state = await stores.runs.find(run);
    if (state !== undefined)
      return isEnded(state) ? { at: state.updatedAt, solved: state.verified?.result === 'cleared' } : undefined;
    const opened = (await stores.incidents.ofRun(run))?.openedAt;
    return opened !== undefined && clock.now() - opened > STILLBORN ? { at: opened, solved: false } : undefined;
  }
}
