import type { Approval } from '../approvals/approval.ts';
import { redact } from '../audit/redact.ts';
import { aboutSecret, describeAction } from '../kernel/action.ts';
import { iso } from '../kernel/clock.ts';
import { digest } from '../kernel/digest.ts';
import { newId } from '../kernel/ids.ts';
import { maskText } from '../kernel/secrets.ts';
import { neutralize, oneLine } from '../kernel/text.ts';
import { answered } from './answer.ts';
import type { Call, Planned, Reply, Verdict } from './call.ts';
import { execute } from './execute.ts';
import { byApproval } from './mandate.ts';
import type { Passage } from './passage.ts';
import { question } from './question.ts';
import { awaited, whereToAnswer } from './wait.ts';

/** A decline faster than this came from a client that answers by itself (headless), in milliseconds. */
const HUMAN = 300;

/** Step 6: a person says yes, once, for exactly this. */
export async function ask(passage: Passage, plan: Planned): Promise<Verdict> {
  const { caller, ports, journal } = passage;
  const { approval, voided } = await (await ports.approvals()).request(await draft(passage, plan));
  journal.approvedBy(approval);
  const { reply } = caller;
  if (reply !== undefined && (voided !== undefined || reply.approval !== approval.id)) {
    return staleReply(passage, reply, approval);
  }
  if (approval.state === 'approved')
    return saysNo(reply) ? withdraw(passage, approval) : execute(passage, plan, byApproval(passage, approval));
  if (approval.state === 'executing') return busy(passage, approval);
  if (reply === undefined) return caller.canAsk ? question(passage, approval) : pending(passage, plan, approval);
  return hear(passage, plan, approval, reply);
}

/** What the person answered in this round. `cancel`, and what no person could have typed, are no answer. */
async function hear(passage: Passage, plan: Planned, approval: Approval, reply: Reply): Promise<Verdict> {
  const { ports, caller, journal } = passage;
  caller.signal.throwIfAborted();
  if (ports.clock.now() - reply.calledAt >= (await ports.limits()).clientPatience) return tooLate(passage, approval);
  const tooFast = ports.clock.now() - reply.askedAt < HUMAN;
  const decision =
    reply.action === 'accept' ? reply.decision : reply.action === 'decline' && !tooFast ? 'reject' : undefined;
  if (decision === undefined) return pending(passage, plan, approval);
  const { reason } = reply;
  const verdict = { decision, by: (await ports.limits()).person, via: 'terminal', ...(reason && { reason }) } as const;
  const settled = await (await ports.approvals()).settle(approval.id, verdict);
  journal.approvedBy(settled);
  if (decision === 'approve') return execute(passage, plan, byApproval(passage, settled));
  return rejected(passage, plan, settled);
}

async function rejected({ journal }: Passage, plan: Planned, settled: Approval): Promise<Verdict> {
  const reason = settled.settled?.reason;
  const why = reason ? ` Their reason: ${oneLine(reason, 500)}.` : '';
  const then = await plan.rejected?.(settled);
  const text = `A person rejected this. Nothing was changed.${why} Do not try it again by another way; ask what they would rather have.${then === undefined ? '' : `\n${then}`}`;
  return answered(journal, { status: 'rejected', message: 'rejected by a person', isError: true, text });
}

/** In the stateless protocol a client that has timed out still delivers the answer, and nobody waits for what comes of it. */
function tooLate({ journal }: Passage, { id, what }: Approval): Promise<Verdict> {
  const text = `The answer for ${what} came after the client had given up on the call. Nothing was changed; approval ${id} still waits. Call again with the same arguments.`;
  return answered(journal, { status: 'pending', message: `answer to ${id} came too late`, isError: true, text });
}

function saysNo(reply: Reply | undefined): boolean {
  return reply !== undefined && (reply.action === 'decline' || reply.decision === 'reject');
}

/** Approved elsewhere while this dialog was open, and then refused here: a no is never overruled before it ran. */
async function withdraw({ ports, journal }: Passage, { id }: Approval): Promise<Verdict> {
  await (await ports.approvals()).withdraw(id, 'approved, then rejected in the terminal before it ran');
  const text = `A person had approved this and has now rejected it. Nothing was changed; approval ${id} is void.`;
  return answered(journal, { status: 'rejected', message: `approval ${id} was withdrawn`, isError: true, text });
}

/** The reply was to something that stands no longer: it expired, or its target moved while the dialog was open. */
async function staleReply({ ports, journal }: Passage, reply: Reply, current: Approval): Promise<Verdict> {
  const old = await (await ports.approvals()).get(reply.approval);
  const status = old?.state === 'expired' ? 'expired' : 'void';
  const why = old === undefined ? 'it is not known' : `it is ${old.state}${old.result ? ` (${old.result})` : ''}`;
  const text = `The answer came for approval ${reply.approval}, but ${why}. Nothing was changed. Call again with the same arguments to ask for what stands now (${current.id}): ${current.what}, ${current.change}.`;
  return answered(journal, { status, message: `answer to ${reply.approval}: ${why}`, isError: true, text });
}

async function pending(passage: Passage, plan: Planned, asked: Approval): Promise<Verdict> {
  const { ports, journal } = passage;
  const approval = await awaited(passage, asked);
  journal.approvedBy(approval);
  const { id, state, what, change, expiresAt } = approval;
  if (state === 'approved') return passage.again();
  if (state === 'rejected') return rejected(passage, plan, approval);
  if (state !== 'pending') return lost(passage, `approval ${id} is ${state}`);
  const where = await whereToAnswer(ports, id);
  const text = `Waiting for a person: ${what} (${change}). Nothing was changed. They can answer ${where}. It expires at ${iso(expiresAt)}. After their yes, call again with the same arguments.`;
  return answered(journal, { status: 'pending', message: `approval ${id} is pending`, isError: true, text });
}

/** It was settled elsewhere while this call waited, and not by a person's yes or no. */
function lost({ journal }: Passage, why: string): Promise<Verdict> {
  const text = `Nothing was changed: ${why}. Call again with the same arguments to ask anew.`;
  return answered(journal, { status: 'void', message: why, isError: true, text });
}

function busy({ journal }: Passage, { id }: Approval): Promise<Verdict> {
  const text = `Approval ${id} is being executed by another call right now. One yes is for one execution: look at the target before you ask again.`;
  return answered(journal, {
    status: 'refused',
    message: `approval ${id} is used by another call`,
    isError: true,
    text,
  });
}

/** The same arguments in the same run find the same approval. */
export function approvalKey(
  { server, tool, input }: Pick<Call, 'server' | 'tool' | 'input'>,
  run: string | undefined,
): string {
  return digest([server, tool, input, run ?? null]);
}

async function draft(passage: Passage, { preview }: Planned): Promise<Approval> {
  const { call, caller, actions, decision, ports } = passage;
  const { agent, session } = caller;
  const now = ports.clock.now();
  const what = neutralize(actions.map(describeAction).join('\n'));
  const warning = decision.kind === 'ask' && decision.warning ? `${decision.warning}\n` : '';
  return {
    id: newId('ap'),
    key: approvalKey(call, caller.run?.id),
    server: call.server,
    tool: call.tool,
    what,
    change: oneLine(preview.change, 500),
    why: oneLine(maskText(call.why ?? 'not said'), 500),
    risk: oneLine(preview.risk, 500),
    details: maskText(neutralize(`${warning}${preview.details}`)),
    fingerprint: digest([what, preview.seen]),
    input: (await redact(call.input, aboutSecret(actions))).value,
    ...(agent && { agent }),
    ...(session && { session }),
    ...(caller.run && { run: caller.run.id }),
    rule: decision.rule,
    state: 'pending',
    createdAt: now,
    expiresAt: now + (await ports.limits()).approvalLife,
  };
}
