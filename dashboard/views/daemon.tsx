import type { DaemonStatus } from '../../shared/control-plane/status.ts';
import { count } from '../../shared/kernel/text.ts';
import { Ago, Badge, RunLink, Until } from './bits.tsx';
import { Bar } from './graphics.tsx';
import { dollars } from './spent.ts';

interface DaemonProps {
  readonly daemon: DaemonStatus;
  /** When it said so. */
  readonly at: number;
  readonly now: number;
  /** It says this no more. */
  readonly old: boolean;
}

/** What the daemon does, and first what keeps it from doing more. */
export function Daemon({ daemon, at, now, old }: DaemonProps) {
  const { owner, startedAt, problems, spentTodayUsd, budgetTodayUsd, outboxWaiting, runs } = daemon;
  const budget = `${dollars(spentTodayUsd)} of ${dollars(budgetTodayUsd)}`;
  return (
    <section aria-labelledby="daemon" class={old ? 'part stale' : 'part'}>
      <header>
        <h2 id="daemon">Daemon</h2>
        <span class="age">
          {old && <Badge tone="warn">stale</Badge>} <Ago at={at} now={now} />
        </span>
      </header>
      {problems.map(({ what, remedy }) => (
        <p class="note bad" role="alert">
          <strong>{what}</strong> {remedy}
        </p>
      ))}
      <ul class="rows">
        <li>
          <div>
            <span class="mono">{owner}</span>{' '}
            {outboxWaiting > 0 && <small>{count(outboxWaiting, 'notification')} not sent yet</small>}
          </div>
          <Ago at={startedAt} now={now} />
        </li>
        <li>
          <Bar name="Spent today:" used={spentTodayUsd} of={budgetTodayUsd} text={budget} />
        </li>
        <Breakers daemon={daemon} now={now} />
        {runs.map(({ run, workflow, step, since }) => (
          <li>
            <Badge tone="info">drives</Badge>
            <div>
              <RunLink run={run} /> {workflow} {step && <small class="mono">{step}</small>}
            </div>
            <Ago at={since} now={now} />
          </li>
        ))}
      </ul>
      {runs.length === 0 && <p class="empty">{old ? 'When last seen it drove no run.' : 'It drives no run now.'}</p>}
    </section>
  );
}

function Breakers({ daemon, now }: { daemon: DaemonStatus; now: number }) {
  return (
    <>
      {openBreakers(daemon, now).map(({ workflow, until, reason }) => (
        <li>
          <Badge tone="warn">breaker open</Badge>
          <div>
            <a href={`/workflows/${encodeURIComponent(workflow)}`}>{workflow}</a>
            <p>{reason}</p>
          </div>
          <Until at={until} now={now} />
        </li>
      ))}
    </>
  );
}

export type Breaker = DaemonStatus['breakers'][number];

export function openBreakers(daemon: DaemonStatus | undefined, now: number): readonly Breaker[] {
  return (daemon?.breakers ?? []).filter(({ until }) => until > now);
}

/** That a workflow does not start, and why. */
export function BreakerNote({ breaker: { until, reason }, now }: { breaker: Breaker; now: number }) {
  return (
    <p class="note warn">
      <Badge tone="warn">breaker open</Badge> It starts again <Until at={until} now={now} />: {reason}
    </p>
  );
}
