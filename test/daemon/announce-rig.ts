import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { z } from 'zod';
import { Announcer, type AnnouncerOptions } from '../../daemon/announce/announcer.ts';
import { breakerStateSchema, type History } from '../../daemon/breaker/breaker.ts';
import { Breakers } from '../../daemon/breaker/breakers.ts';
import type { Incident } from '../../daemon/incidents/incident.ts';
import { SharedIncidents } from '../../daemon/incidents/shared.ts';
import { SharedRecords } from '../../daemon/records.ts';
import { Approvals } from '../../shared/approvals/approvals.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import type { Channel } from '../../shared/notify/channel.ts';
import { Courier, type CourierOptions } from '../../shared/notify/courier.ts';
import type { Notification } from '../../shared/notify/notification.ts';
import { Notifier } from '../../shared/notify/notifier.ts';
import { Outbox } from '../../shared/notify/outbox.ts';
import type { Alert } from '../../shared/workflow/events.ts';
import { Runs } from '../../shared/workflow/runs.ts';
import { fakeClock } from '../support/clock.ts';
import { tempFolder } from '../support/gate-rig.ts';
import { aWorkflow } from '../support/workflows.ts';
import { anAlert } from './incidents-rig.ts';

export const REMEDY = aWorkflow(`
name: remedy
trigger: [{ type: alert, match: { alertname: KubePodCrashLooping } }, { schedule: "0 6 * * *" }, { type: manual }]
steps:
  - { name: look, agent: k8s-diagnostician, task: Look. }
`);

export const MINUTE = 60_000;

/** Real stores that daemons share. */
export function announceRig() {
  const clock = fakeClock();
  const plane = openSqlite(join(tempFolder(), 'state.db'), clock);
  onTestFinished(() => plane.close());
  const runs = new Runs(plane.runs, clock);
  const incidents = new SharedIncidents(plane.daemonState);
  const breakersWith = (history: History) =>
    new Breakers({
      states: new SharedRecords(plane.daemonState, 'breakers', breakerStateSchema),
      clock,
      history: async () => history,
    });
  const shared = {
    ...{ clock, runs, incidents, approvals: new Approvals(plane.approvals, clock) },
    records: <T extends object>(part: string, schema: z.ZodType<T>) =>
      new SharedRecords(plane.daemonState, part, schema),
    breakers: breakersWith({ ends: [], changes: [] }),
  };

  /** A daemon on a machine of its own: real outbox, real courier; `heard` is what people get from it. */
  const daemon = (by = 'pi5', change: Partial<AnnouncerOptions> = {}, channels?: readonly Channel[]) => {
    const logged: string[] = [];
    const log = (message: string) => void logged.push(message);
    const outbox = new Outbox(join(tempFolder(), 'state.db'));
    onTestFinished(() => outbox.close());
    const heard: Notification[] = [];
    const own = channels ?? [recording(heard)];
    const options: CourierOptions = { outbox, clock, random: () => 1, log };
    const notifier = new Notifier(own, options);
    const state = { leads: true };
    const start = (more: Partial<AnnouncerOptions> = {}) =>
      new Announcer({
        ...{
          by,
          owner: `${by}:1`,
          isRemote: false,
          freeBytes: async () => 1e12,
          timezone: 'UTC',
          base: 'https://k8s.lan',
        },
        ...{ leads: () => state.leads, sleep: async () => {}, notifier, log },
        ...shared,
        ...change,
        ...more,
      });
    const announcer = start();
    const deliver = async () => {
      for (const channel of own) await new Courier(channel, options).round(new AbortController().signal);
    };
    /** What people have heard since the last time, after a look. */
    const look = async (looking = announcer): Promise<readonly Notification[]> => {
      await looking.look();
      await deliver();
      return heard.splice(0);
    };
    return { announcer, start, notifier, outbox, logged, state, look };
  };

  /** A run by an alert, and its incident. */
  const incident = async (
    name = 'web',
    labels: Record<string, string> = {},
  ): Promise<{ run: string; alert: Alert }> => {
    const alert = anAlert({ labels: { pod: `${name}-7d4b9c6f5d-x2x9z`, ...labels } });
    const run = `run-${name}`;
    const opened = { run, key: `shop/${name}`, workflow: 'remedy', openedAt: clock.now(), newsAt: clock.now() };
    await incidents.take(name, 1, opened.key, () => ({
      incident: { ...opened, alerts: 1, firing: [name] },
      effect: { kind: 'start', run, key: opened.key, workflow: 'remedy', alert },
    }));
    await runs.start(REMEDY, { run, cause: { kind: 'alert', by: 'Alertmanager', alert } });
    return { run, alert };
  };
  let versions = 1;
  /** What becomes of an incident, as the leader stores it. */
  const becomes = (name: string, change: Partial<Incident>) =>
    incidents.take(name, ++versions, `shop/${name}`, ({ incident }) =>
      incident === undefined ? {} : { incident: { ...incident, newsAt: clock.now(), ...change } },
    );
  return { ...shared, plane, breakersWith, daemon, incident, becomes };
}

function recording(heard: Notification[]): Channel {
  return {
    ...{ name: 'phone', service: 'test', limit: { messages: 1_000, ms: 1 } },
    wants: () => true,
    heldUntil: () => undefined,
    send: async (notification) => {
      heard.push(notification);
      return { kind: 'delivered', to: 'a phone' };
    },
  };
}
