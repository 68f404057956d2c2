import { Hono } from 'hono';
import { type Approval, type ApprovalState, isOverdue, NEXT } from '../../shared/approvals/approval.ts';
import { ROUTES } from '../../shared/control-plane/api.ts';
import { digest } from '../../shared/kernel/digest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { Askers, notTheAsker } from './askers.ts';
import type { ApiDeps } from './deps.ts';
import { isForm, serve } from './serve.ts';

/** As `newId` makes them: it becomes part of addresses and of pages. */
const ID = /^[\w-]{1,64}$/;

export function approvalRoutes(deps: ApiDeps): Hono {
  const { controlPlane, approvals, clock, hub } = deps;
  const askers = new Askers(controlPlane, clock);
  const app = new Hono();

  serve(app, ROUTES.openApproval, async ({ caller, body }) => {
    demandNew(body);
    return askers.open(caller, body);
  });

  serve(app, ROUTES.listApprovals, async ({ query }) => [...(await approvals.list(query))]);

  serve(app, ROUTES.getApproval, async ({ c, id, query: { wait = 0, state } }) => {
    const now = await known(deps, id);
    if (now.state !== state || wait === 0) return now;
    // Time changes a state, too, and nobody writes that down until somebody looks.
    const life = now.state === 'pending' || now.state === 'approved' ? now.expiresAt - clock.now() : Infinity;
    return hub.until('approvals', {
      ms: Math.min(wait * 1000, life),
      signal: c.req.raw.signal,
      read: () => known(deps, id),
      done: (approval) => approval.state !== state,
    });
  });

  serve(app, ROUTES.swapApproval, async ({ caller, id, body: { from, next } }) => {
    const stored = await controlPlane.approvals.get(id);
    if (stored === undefined) throw unknown(id);
    demandMove(from, next);
    if (!(await askers.mayMove(caller, id, next.state))) {
      if (BY_TIME.includes(next.state)) return { swapped: false };
      throw notTheAsker(id);
    }
    if (stored.state !== from) return { swapped: false };
    demandSame(stored, next, clock.now());
    return { swapped: await controlPlane.approvals.swap(from, next) };
  });

  serve(app, ROUTES.settleApproval, async ({ c, caller, id, body: { decision, reason } }) => {
    if (caller.kind !== 'person') throw new Error('only a person settles');
    const verdict = { decision, by: caller.name, via: 'dashboard', ...(reason && { reason }) } as const;
    const settled = await approvals.settle(id, verdict);
    return isForm(c) ? c.redirect(`/pending/${encodeURIComponent(id)}`, 303) : settled;
  });
  return app;
}

async function known({ approvals }: ApiDeps, id: string): Promise<Approval> {
  const approval = await approvals.get(id);
  if (approval === undefined) throw unknown(id);
  return approval;
}

function unknown(id: string): OpsError {
  return new OpsError('not_found', `No approval has the id ${id}.`, 'List them: GET /api/approvals');
}

/** What an agent's token adds is a question: nothing in it may look like an answer. */
function demandNew({ id, state, settled, claim, result }: Approval): void {
  const answered = state !== 'pending' || settled !== undefined || claim !== undefined || result !== undefined;
  if (answered || !ID.test(id)) {
    throw new OpsError(
      answered ? 'forbidden' : 'invalid_input',
      answered ? 'A new approval is pending, and nobody has answered it.' : `“${id}” cannot be an id.`,
      'Send it as the gate makes it.',
    );
  }
}

/** States that only a person brings about. */
const PERSONS: readonly ApprovalState[] = ['approved', 'rejected'];

/** States that time brings about. This process sees to that by its own clock, whatever that of an onlooker says. */
const BY_TIME: readonly ApprovalState[] = ['expired', 'unknown'];

/** A token moves an approval through its life, where no person is needed for the move. */
function demandMove(from: ApprovalState, next: Approval): void {
  if (PERSONS.includes(next.state)) {
    throw new OpsError('forbidden', 'No token approves or rejects.', 'A person does, in the dashboard.');
  }
  if (NEXT[from].includes(next.state)) return;
  throw new OpsError(
    'invalid_input',
    `No approval goes from ${from} to ${next.state}.`,
    `From ${from} it goes to: ${NEXT[from].join(', ') || 'nowhere'}.`,
  );
}

/** Nothing changes of what a person reads or has said, and a yes that has expired is not claimed. */
function demandSame(stored: Approval, next: Approval, now: number): void {
  if (contentOf(stored) !== contentOf(next)) {
    throw new OpsError('forbidden', 'An approval’s content never changes.', 'Ask for another approval.');
  }
  if (next.state === 'executing' && isOverdue(stored, now)) {
    throw new OpsError('conflict', `Approval ${stored.id} has expired.`, 'Ask for the action again.');
  }
}

/** Everything but what changes on the way from a yes to its outcome. */
function contentOf({ state: _state, claim: _claim, result: _result, ...content }: Approval): string {
  return digest(content);
}
