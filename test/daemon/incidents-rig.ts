import type { Effect } from '../../daemon/incidents/incident.ts';
import { Incidents, type IncidentsOptions } from '../../daemon/incidents/incidents.ts';
import { ownerOf } from '../../daemon/incidents/owner.ts';
import { SharedIncidents } from '../../daemon/incidents/shared.ts';
import type { IncidentStore } from '../../daemon/incidents/store.ts';
import type { DaemonState, Inbox } from '../../shared/control-plane/ports.ts';
import { SqlDaemonState } from '../../shared/control-plane/sql/daemon-state.ts';
import { SqlInbox } from '../../shared/control-plane/sql/inbox.ts';
import type { Workflow } from '../../shared/workflow/definition.ts';
import type { Alert } from '../../shared/workflow/events.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { sqlInMemory } from '../support/daemon-state.ts';
import { SHIPPED } from '../support/workflows.ts';

/** `minutes` after six o’clock, as Alertmanager writes it. */
export function minute(minutes: number): string {
  return new Date(Date.UTC(2026, 10, 24, 6, minutes)).toISOString();
}

/** A pod of shop/web that crashes. */
export function anAlert(
  change: { labels?: Record<string, string>; status?: string; startsAt?: string; endsAt?: string } = {},
): Alert {
  const { labels, status = 'firing', startsAt = minute(0), endsAt = minute(59) } = change;
  return {
    labels: { alertname: 'KubePodCrashLooping', namespace: 'shop', pod: 'web-7d4b9c6f5d-x2x9z', ...labels },
    annotations: {},
    ...{ status, startsAt, endsAt: status === 'resolved' ? endsAt : '0001-01-01T00:00:00Z' },
    ...{ generatorURL: '', fingerprint: '' },
  };
}

export interface IncidentsRig {
  readonly inbox: Inbox;
  readonly clock: FakeClock;
  readonly store: IncidentStore;
  /** What was done, each time that it was. */
  readonly done: Effect[];
  readonly logged: string[];
  /** Runs that have ended, and when; and those of them that have seen that they had helped. */
  readonly ends: Map<string, number>;
  readonly solved: Set<string>;
  workflows: readonly Workflow[];
  /** As a process that has just started. */
  readonly daemon: (change?: Partial<IncidentsOptions>) => Incidents;
  /** Notifies, takes in and delivers. */
  readonly hear: (...alerts: readonly Alert[]) => Promise<void>;
  readonly deliver: () => Promise<void>;
}

/** The real inbox and the real store of incidents, in one database unless told; runs are ids. */
export function incidentsRig(given: { readonly inbox?: Inbox; readonly state?: DaemonState } = {}): IncidentsRig {
  const clock = fakeClock();
  const sql = sqlInMemory();
  const { inbox = new SqlInbox(sql), state = new SqlDaemonState(sql) } = given;
  const store = new SharedIncidents(state);
  const done: Effect[] = [];
  const logged: string[] = [];
  const ends = new Map<string, number>();
  const solved = new Set<string>();
  const endOf = async (run: string) => {
    const at = ends.get(run);
    return at === undefined ? undefined : { at, solved: solved.has(run) };
  };
  const does = async (effect: Effect) => void done.push(effect);
  const rig: IncidentsRig = {
    ...{ inbox, clock, store, done, logged, ends, solved, workflows: [...SHIPPED.workflows.values()] },
    daemon: (change = {}) =>
      new Incidents({
        ...{ store, clock, endOf, ownerOf: (labels) => ownerOf(labels) },
        log: (message) => void logged.push(message),
        ...change,
      }),
    deliver: () => rig.daemon().deliver({ start: does, joined: does, resolved: does }),
    hear: async (...alerts) => {
      await inbox.receive('{}', alerts, clock.now());
      await rig.daemon().takeIn(inbox, rig.workflows);
      await rig.deliver();
    },
  };
  return rig;
}
