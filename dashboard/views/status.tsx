import type { PropsWithChildren } from 'hono/jsx';
import type { Status } from '../../shared/control-plane/status.ts';
import { Ago, Badge, Unreadable } from './bits.tsx';
import { Daemon } from './daemon.tsx';
import { Sparkline } from './graphics.tsx';
import type { Reading } from './reading.ts';
import { Alerts, Apps, Nodes, Pods } from './status-parts.tsx';

/** The daemon looks every minute; what is older than this is not what the cluster is like now. */
const STALE_AFTER = 3 * 60_000;

type Part = 'nodes' | 'pods' | 'alerts' | 'apps';

export function StatusView({ status, now }: { status: Reading<Status | undefined>; now: number }) {
  return (
    <>
      <h1>Status</h1>
      {'failed' in status ? (
        <Unreadable what="The status" why={status.failed} />
      ) : status.value === undefined ? (
        <p class="note">
          No status has been published yet. The daemon publishes one every minute; without a daemon there is none.
        </p>
      ) : (
        <Snapshot status={status.value} now={now} />
      )}
    </>
  );
}

function Snapshot({ status, now }: { status: Status; now: number }) {
  const { at, nodes, pods, alerts, apps, trends, daemon } = status;
  return (
    <>
      <p class="lead">
        Seen by {status.by} <Ago at={at} now={now} />
      </p>
      {daemon && <Daemon daemon={daemon} at={at} now={now} old={now - at > STALE_AFTER} />}
      {trends.length > 0 && (
        <ul class="trends" aria-label="The last hours">
          {trends.map((trend) => (
            <Sparkline {...trend} />
          ))}
        </ul>
      )}
      <PartSection part="nodes" title="Nodes" seen={nodes} now={now} empty="No node was seen.">
        <Nodes nodes={nodes.items} />
      </PartSection>
      <PartSection part="alerts" title="Alerts" seen={alerts} now={now} empty="No alert is active.">
        <Alerts alerts={alerts.items} now={now} />
      </PartSection>
      <PartSection part="pods" title="Pods not ready" seen={pods} now={now} empty="Every pod is ready.">
        <Pods pods={pods.items} now={now} />
      </PartSection>
      <PartSection part="apps" title="Argo CD" seen={apps} now={now} empty="Argo CD has no application.">
        <Apps apps={apps.items} />
      </PartSection>
    </>
  );
}

interface Seen {
  readonly at: number;
  readonly error?: string;
  readonly items: readonly unknown[];
}

/** What was seen and when. What is old is shown as old, and an old "nothing" is not said to be so now. */
function PartSection(props: PropsWithChildren<{ part: Part; title: string; seen: Seen; now: number; empty: string }>) {
  const { part, title, seen, now, empty, children } = props;
  const old = seen.error !== undefined || now - seen.at > STALE_AFTER;
  return (
    <section aria-labelledby={part} class={old ? 'part stale' : 'part'}>
      <header>
        <h2 id={part}>{title}</h2>
        <span class="age">
          {old && <Badge tone="warn">stale</Badge>} <Ago at={seen.at} now={now} />
        </span>
      </header>
      {seen.error !== undefined && <p class="note warn">The last look failed: {seen.error}</p>}
      {seen.items.length > 0 ? (
        children
      ) : (
        <p class="empty">{old ? `When last seen: ${empty.toLowerCase()} What is true now is not known.` : empty}</p>
      )}
    </section>
  );
}
