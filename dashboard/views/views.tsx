import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import { Approvals } from '../../shared/approvals/approvals.ts';
import { Ask } from './approval.tsx';
import { Unreadable } from './bits.tsx';
import { contextsOf } from './context.ts';
import type { PagesDeps } from './deps.ts';
import { parseFilter } from './filters.ts';
import { HistoryView, readHistory } from './history.tsx';
import type { Frame } from './layout.tsx';
import { LoginView } from './login.tsx';
import { PendingView, readQueue } from './pending.tsx';
import { type Reading, reading, visible } from './reading.ts';
import { RunView, readRun } from './run.tsx';
import { StatusView } from './status.tsx';
import { readWorkflow, WorkflowView } from './workflow.tsx';
import { readShelf, WorkflowsView } from './workflows.tsx';

/** A page without the frame around it. */
export type View = Pick<Frame, 'title' | 'section' | 'topics'> & {
  readonly body: Child;
  readonly status?: 200 | 400 | 404 | 503;
};
type MakeView = (deps: PagesDeps, c: Context) => Promise<View>;

/** Lines of a preview that the page of one approval shows before it folds the rest. */
const FOLD_ALONE = 80;

/** The views of somebody who has signed in, by their path. */
export const VIEWS: Readonly<Record<string, MakeView>> = {
  '/': status,
  '/pending': pending,
  '/pending/:id': approval,
  '/history': history,
  '/runs/:id': run,
  '/workflows': workflows,
  '/workflows/:name': workflow,
};

export function login({ csrfToken, oidc }: PagesDeps, c: Context): View {
  return {
    title: 'Sign in',
    topics: [],
    body: <LoginView csrf={csrfToken(c)} problem={c.req.query('problem')} oidc={oidc} />,
  };
}

const statusOf = (read: Reading<unknown>) => ('failed' in read ? 503 : 200);

async function status({ board, clock }: PagesDeps): Promise<View> {
  const read = await reading(() => board.status());
  return {
    title: 'Status',
    section: '/',
    topics: ['status'],
    status: statusOf(read),
    body: <StatusView status={read} now={clock.now()} />,
  };
}

async function pending(deps: PagesDeps, c: Context): Promise<View> {
  const queue = await reading(() => readQueue(deps));
  return {
    title: 'Pending',
    section: '/pending',
    topics: ['runs', 'inbox'],
    status: statusOf(queue),
    body: <PendingView queue={queue} csrf={deps.csrfToken(c)} now={deps.clock.now()} />,
  };
}

async function approval(deps: PagesDeps, c: Context): Promise<View> {
  const id = c.req.param('id') ?? '';
  const view = { title: 'Approval', section: '/pending', topics: ['runs', 'inbox'] } as const;
  const read = await reading(async () => {
    const found = await new Approvals(deps.approvals, deps.clock).get(id);
    return found && { found, context: (await contextsOf(deps, [found]))[found.run ?? ''] };
  });
  if ('failed' in read) return { ...view, status: 503, body: <Unreadable what="This approval" why={read.failed} /> };
  if (read.value === undefined) return missing('approval', id);
  const { found, context } = read.value;
  const props = { context, csrf: deps.csrfToken(c), now: deps.clock.now(), fold: FOLD_ALONE };
  return { ...view, title: found.what, body: <Ask approval={found} {...props} alone /> };
}

async function history(deps: PagesDeps, c: Context): Promise<View> {
  const query = c.req.query();
  const parsed = parseFilter(query);
  const read = 'problem' in parsed ? parsed : await reading(() => readHistory(deps, parsed.filter));
  return {
    title: 'History',
    section: '/history',
    topics: query.before === undefined ? ['actions'] : [],
    status: 'problem' in read ? 400 : statusOf(read),
    body: <HistoryView history={read} query={query} now={deps.clock.now()} />,
  };
}

async function run(deps: PagesDeps, c: Context): Promise<View> {
  const id = c.req.param('id') ?? '';
  const read = await reading(() => readRun(deps, id));
  if ('value' in read && read.value.events.length + read.value.calls.length === 0) return missing('run', id);
  return {
    title: `Run ${visible(id)}`,
    section: '/workflows',
    topics: ['runs', 'actions'],
    status: statusOf(read),
    body: <RunView run={visible(id)} read={read} now={deps.clock.now()} />,
  };
}

async function workflows(deps: PagesDeps): Promise<View> {
  const shelf = await reading(() => readShelf(deps));
  return {
    title: 'Workflows',
    section: '/workflows',
    topics: ['workflows', 'runs', 'status'],
    status: statusOf(shelf),
    body: <WorkflowsView shelf={shelf} now={deps.clock.now()} />,
  };
}

async function workflow(deps: PagesDeps, c: Context): Promise<View> {
  const name = c.req.param('name') ?? '';
  const read = await reading(() => readWorkflow(deps, name));
  if ('value' in read && read.value.workflow === undefined && read.value.rows.length === 0)
    return missing('workflow', name);
  const props = { name: visible(name), read, csrf: deps.csrfToken(c), now: deps.clock.now() };
  return {
    title: visible(name),
    section: '/workflows',
    topics: ['workflows', 'runs', 'inbox', 'status'],
    status: statusOf(read),
    body: <WorkflowView {...props} />,
  };
}

function missing(what: string, id: string): View {
  return {
    title: `No such ${what}`,
    topics: [],
    status: 404,
    body: (
      <>
        <h1>No such {what}</h1>
        <p class="note">
          No {what} has the name <span class="mono">{visible(id)}</span>. It may be older than what is kept here.
        </p>
      </>
    ),
  };
}
