import type { InboxEntry } from '../../shared/control-plane/ports.ts';
import type { WorkflowSummary } from '../../shared/control-plane/status.ts';
import type { RunRow } from '../../shared/workflow/run-store.ts';
import { Ago, Badge, Unreadable } from './bits.tsx';
import { type Breaker, BreakerNote, openBreakers } from './daemon.tsx';
import type { PagesDeps } from './deps.ts';
import type { Reading } from './reading.ts';
import { Last, Next } from './workflows.tsx';

export interface WorkflowRead {
  readonly workflow?: WorkflowSummary;
  readonly rows: readonly RunRow[];
  readonly asked: readonly InboxEntry[];
  readonly breaker?: Breaker;
}

const RUNS_SHOWN = 20;
const RECENT = 100;

export async function readWorkflow({ board, runs, inbox, clock }: PagesDeps, name: string): Promise<WorkflowRead> {
  const [list, rows, waiting, status] = await Promise.all([
    board.workflows(),
    runs.list({ workflow: name, limit: RUNS_SHOWN }),
    inbox.waiting(RECENT),
    board.status(),
  ]);
  const workflow = list?.workflows.find((candidate) => candidate.name === name);
  const asked = waiting.filter(({ body }) => body.kind === 'manual' && body.workflow === name);
  const breaker = openBreakers(status?.daemon, clock.now()).find((open) => open.workflow === name);
  return { ...(workflow && { workflow }), rows, asked, ...(breaker && { breaker }) };
}

interface WorkflowProps {
  readonly name: string;
  readonly read: Reading<WorkflowRead>;
  readonly csrf: string;
  readonly now: number;
}

export function WorkflowView({ name, read, csrf, now }: WorkflowProps) {
  return (
    <>
      <h1>{name}</h1>
      {'failed' in read ? (
        <Unreadable what="This workflow" why={read.failed} />
      ) : (
        <>
          {read.value.breaker && <BreakerNote breaker={read.value.breaker} now={now} />}
          {read.value.workflow === undefined ? (
            <p class="note">It is not among the published workflows any more; these are its runs.</p>
          ) : (
            <About workflow={read.value.workflow} csrf={csrf} now={now} />
          )}
          <Runs {...read.value} now={now} />
        </>
      )}
    </>
  );
}

function About({ workflow, csrf, now }: { workflow: WorkflowSummary; csrf: string; now: number }) {
  const { description, file, triggers, steps, nextRunAt } = workflow;
  return (
    <>
      <p class="lead">
        {description} <span class="mono">{file}</span>
      </p>
      <p class="triggers">
        {triggers.map((trigger) => (
          <span class="chip">{trigger}</span>
        ))}
      </p>
      {nextRunAt !== undefined && <Next at={nextRunAt} now={now} />}
      <h2>Steps</h2>
      <ol class="steps">
        {steps.map((step) => (
          <li>
            <span class="mono">{step.name}</span> {step.agent && <span class="chip">{step.agent}</span>}
            <p>{step.what}</p>
          </li>
        ))}
      </ol>
      <Start workflow={workflow} csrf={csrf} />
    </>
  );
}

/** What it will do without asking is said before anybody starts it. */
function Start({ workflow: { name, inputs, autoApprove }, csrf }: { workflow: WorkflowSummary; csrf: string }) {
  return (
    <section aria-labelledby="start">
      <h2 id="start">Run it</h2>
      {autoApprove.length > 0 && (
        <p class="note warn">
          <strong>Runs these without asking anybody:</strong> {autoApprove.join(', ')}
        </p>
      )}
      <form method="post" action="/api/inbox/manual" class="start" data-once>
        <input type="hidden" name="csrf" value={csrf} />
        <input type="hidden" name="workflow" value={name} />
        {inputs.map((input) => (
          <div class="field">
            <label for={`in-${input.name}`}>
              {input.name}
              {!input.required && ' (optional)'}
            </label>
            <input
              id={`in-${input.name}`}
              name={`inputs.${input.name}`}
              required={input.required}
              aria-describedby={`about-${input.name}`}
              autocomplete="off"
            />
            <small id={`about-${input.name}`}>{input.description}</small>
          </div>
        ))}
        <button type="submit">Run {name}</button>
      </form>
    </section>
  );
}

function Runs({ rows, asked, now }: Pick<WorkflowRead, 'rows' | 'asked'> & { now: number }) {
  return (
    <section aria-labelledby="runs" class="part">
      <header>
        <h2 id="runs">Runs</h2>
      </header>
      <ul class="rows">
        {asked.map(({ id, receivedAt, body }) => (
          <li id={id}>
            <Badge tone="info">asked for</Badge>
            <span>
              by {body.kind === 'manual' && body.by} <Ago at={receivedAt} now={now} />, not taken up by the daemon yet
            </span>
          </li>
        ))}
        {rows.map((row) => (
          <li id={row.run}>
            <Last row={row} now={now} />
          </li>
        ))}
      </ul>
      {rows.length + asked.length === 0 && <p class="empty">It has not run yet.</p>}
    </section>
  );
}
