import type { InboxEntry } from '../../shared/control-plane/ports.ts';
import type { WorkflowList, WorkflowSummary } from '../../shared/control-plane/status.ts';
import type { RunRow } from '../../shared/workflow/run-store.ts';
import { Ago, Badge, Unreadable, Until } from './bits.tsx';
import type { PagesDeps } from './deps.ts';
import type { Reading } from './reading.ts';
import { RUN_TONES } from './run.tsx';

export interface Shelf {
  readonly list?: WorkflowList;
  /** The newest run of each workflow that has one. */
  readonly last: Readonly<Record<string, RunRow>>;
  /** Runs that a person asked for and that nobody has taken up yet. */
  readonly asked: readonly InboxEntry[];
}

/** Entries of the inbox that are looked through for runs that wait. */
const RECENT = 100;

export async function readShelf({ board, runs, inbox }: PagesDeps): Promise<Shelf> {
  const [list, asked] = await Promise.all([board.workflows(), inbox.waiting(RECENT)]);
  const newest = await Promise.all(
    (list?.workflows ?? []).map(async ({ name }) => (await runs.list({ workflow: name, limit: 1 }))[0]),
  );
  const last = Object.fromEntries(newest.flatMap((row) => (row === undefined ? [] : [[row.workflow, row]])));
  return { ...(list && { list }), last, asked };
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
        <List list={shelf.value.list} last={shelf.value.last} now={now} />
      )}
    </>
  );
}

function List({ list, last, now }: { list: WorkflowList; last: Shelf['last']; now: number }) {
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
            now={now}
          />
        ))}
      </ul>
    </>
  );
}

function Card({ workflow, row, now }: { workflow: WorkflowSummary; row: RunRow | undefined; now: number }) {
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
      <p class="last">
        {row === undefined ? 'Has not run yet.' : <Last row={row} now={now} />}{' '}
        {nextRunAt !== undefined && (
          <span>
            · next <Until at={nextRunAt} now={now} />
          </span>
        )}
      </p>
    </li>
  );
}

export function Last({ row: { run, status, createdAt }, now }: { row: RunRow; now: number }) {
  return (
    <>
      <Badge tone={RUN_TONES[status]}>{status}</Badge> <a href={`/runs/${encodeURIComponent(run)}`}>{run}</a>{' '}
      <Ago at={createdAt} now={now} />
    </>
  );
}
