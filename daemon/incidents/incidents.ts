import type { Inbox } from '../../shared/control-plane/ports.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { Labels, Workflow } from '../../shared/workflow/definition.ts';
import { forEach } from '../each.ts';
import type { Context, Effect, News } from './incident.ts';
import { workflowFor } from './match.ts';
import { keyOf, type Owner } from './owner.ts';
import type { IncidentStore } from './store.ts';
import { take } from './take.ts';

type EffectOf<K extends Effect['kind']> = Extract<Effect, { kind: K }>;

export type RunEnd = Omit<NonNullable<Context['ended']>, 'run'>;

/** What the daemon does about incidents. Each may be called again for the same effect after a crash. */
export interface IncidentPorts {
  /** Starts the run under its id, with the alert as its cause; does nothing where it exists. */
  readonly start: (effect: EffectOf<'start'>) => Promise<void>;
  /** Another alert belongs to the run now. */
  readonly joined: (effect: EffectOf<'joined'>) => Promise<void>;
  /** Notes it on the run. With none left, approvals that wait for the run are stale. */
  readonly resolved: (effect: EffectOf<'resolved'>) => Promise<void>;
}

export interface IncidentsOptions {
  readonly store: IncidentStore;
  readonly clock: Clock;
  /** How a run has ended; undefined while it goes on, or has yet to be started. */
  readonly endOf: (run: string) => Promise<RunEnd | undefined>;
  readonly ownerOf: (labels: Labels) => Promise<Owner>;
  readonly log: (message: string, error: unknown) => void;
}

/** Alerts of the inbox as incidents: one owner, one run. Everything is stored before it counts. */
export class Incidents {
  readonly #options: IncidentsOptions;

  constructor(options: IncidentsOptions) {
    this.#options = options;
  }

  /** Takes in the alerts that wait, and acknowledges them; what a person has triggered is left to others. Throws in the end where one failed. */
  async takeIn(inbox: Pick<Inbox, 'waiting' | 'acknowledge'>, workflows: readonly Workflow[]): Promise<void> {
    await forEach(await inbox.waiting(), async ({ id, version, body }) => {
      if (body.kind !== 'alert') return;
      const run = await this.take({ entry: id, version, alert: body.alert }, workflows);
      // Where it has news since, it comes again.
      await inbox.acknowledge(id, version, run);
    });
  }

  /** Stores what an alert says. The run that it belongs to; undefined where no workflow wants it. */
  async take(news: News, workflows: readonly Workflow[]): Promise<string | undefined> {
    const { store, clock, endOf, ownerOf } = this.#options;
    const { entry, version, alert } = news;
    const key = keyOf(await ownerOf(alert.labels));
    const { incident, version: before } = await store.known(entry, key);
    const belongs = before === undefined ? undefined : incident?.workflow;
    const workflow = workflowFor(workflows, alert.labels)?.name ?? belongs;
    if (workflow === undefined) return undefined;
    const end = incident && (await endOf(incident.run));
    const ended = incident === undefined || end === undefined ? {} : { ended: { run: incident.run, ...end } };
    const context = { workflow, now: clock.now(), ...ended };
    return store.take(entry, version, key, (known) => take(news, known, context));
  }

  /** Does what has to be done. What fails is logged, and comes again; nothing else of that run is done before. */
  async deliver(ports: IncidentPorts): Promise<void> {
    const { store, log } = this.#options;
    const stuck = new Set<string>();
    for (const { id, effect } of await store.effects()) {
      if (stuck.has(effect.run)) continue;
      try {
        await dispatch(ports, effect);
        await store.done(id);
      } catch (error) {
        stuck.add(effect.run);
        log(`what run ${effect.run} has to know of its incident waits for the next look`, error);
      }
    }
  }
}

function dispatch(ports: IncidentPorts, effect: Effect): Promise<void> {
  switch (effect.kind) {
    case 'start':
      return ports.start(effect);
    case 'joined':
      return ports.joined(effect);
    case 'resolved':
      return ports.resolved(effect);
  }
}
