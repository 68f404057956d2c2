import type { InboxEntry } from '../../shared/control-plane/ports.ts';
import type { WorkflowList, WorkflowSummary } from '../../shared/control-plane/status.ts';
import type { RunRow } from '../../shared/workflow/run-store.ts';
import { Ago, Badge, Unreadable, Until } from './bits.tsx';
import { type Breaker, BreakerNote, openBreakers } from './daemon.tsx';
import type { PagesDeps } from './deps.ts';
import type { Reading } from './reading.ts';
import { RUN_TONES } from './run.tsx';
import { VerifiedBadge } from './verdict.tsx';

export interface Shelf {
  readonly list?: WorkflowList;
  /** The newest run of each workflow that has one. */
  readonly last: Readonly<Record<string, RunRow>>;
  /** Runs that a person asked for and that nobody has taken up yet. */
  readonly asked: readonly InboxEntry[];
  readonly breakers: readonly Breaker[];
}

/** Entries of the inbox that are looked through for runs that wait. */
const RECENT = 100;

export async function readShelf({ board, runs, inbox, clock }: PagesDeps): Promise<Shelf> {
  const [list, asked, status] = await Promise.all([board.workflows(), inbox.waiting(RECENT), board.status()]);
  const newest = await Promise.all(
    (list?.workflows ?? []).map(async ({ name }) => (await runs.list({ workflow: name, limit: 1 }))[0]),
  );
  const last = Object.fromEntries(newest.flatMap((row) => (row === undefined ? [] : [[row.workflow, row]])));
  return { ...(list && { list }), last, asked, breakers: openBreakers(status?.daemon, clock.now()) };
}

export function WorkflowsView({ shelf, now }: { shelf: Reading<Shelf>; now: number }) {
  return (
    <>
      <h1>Workflows</h1>
      {'failed' in shelf ? (
        <Unreadable what="The workflows" why={shelf.failed} />
      ) : shelf.value.list === undefined ? (
        <p class="note">No workflows have been published yet. The daemon publishes them when it starts.</p>
      ) : (
        <List {...shelf.value} list={shelf.value.list} now={now} />
      )}
    </>
  );
}

function List({ list, last, breakers, now }: Omit<Shelf, 'list'> & { list: WorkflowList; now: number }) {
  return (
    <>
      <p class="lead">
        Published by {list.by} <Ago at={list.at} now={now} />
      </p>
      <ul class="cards">
        {list.workflows.map((workflow) => (
          <Card
            workflow={workflow}
            row={Object.hasOwn(last, workflow.name) ? last[workflow.name] : undefined}
            breaker={breakers.find((breaker) => breaker.workflow === workflow.name)}
            now={now}
          />
        ))}
      </ul>
    </>
  );
}

interface CardProps {
  readonly workflow: WorkflowSummary;
  readonly row: RunRow | undefined;
  readonly breaker: Breaker | undefined;
  readonly now: number;
}

function Card({ workflow, row, breaker, now }: CardProps) {
  const { name, description, triggers, nextRunAt } = workflow;
  return (
    <li class="card">
      <h2>
        <a href={`/workflows/${encodeURIComponent(name)}`}>{name}</a>
      </h2>
      <p>{description}</p>
      <p class="triggers">
        {triggers.map((trigger) => (
          <span class="chip">{trigger}</span>
        ))}
      </p>
      {breaker && <BreakerNote breaker={breaker} now={now} />}
      <p class="last">{row === undefined ? 'Has not run yet.' : <Last row={row} now={now} />}</p>
      {nextRunAt !== undefined && <Next at={nextRunAt} now={now} />}
    </li>
  );
}

export function Next({ at, now }: { at: number; now: number }) {
  return (
    <p class="last">
      Next run <Until at={at} now={now} />
    </p>
  );
}

export function Last({ row: { run, status, createdAt, verified }, now }: { row: RunRow; now: number }) {
  return (
    <>
      <Badge tone={RUN_TONES[status]}>{status}</Badge> {verified && <VerifiedBadge result={verified} />}{' '}
      <a href={`/runs/${encodeURIComponent(run)}`}>{run}</a> <Ago at={createdAt} now={now} />
    </>
  );
}
