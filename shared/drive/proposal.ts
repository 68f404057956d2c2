import type { Approval } from '../approvals/approval.ts';
import { KNOWN_TOOLS } from '../config/workflows.ts';
import { approvalKey } from '../gate/ask.ts';
import type { GatePorts } from '../gate/ports.ts';
import type { Action } from '../kernel/action.ts';
import { type JsonObject, stringAt } from '../kernel/json.ts';
import { decideAll } from '../policy/decide.ts';
import { findKind, knownKind } from '../policy/kinds.ts';
import type { Command } from '../workflow/command.ts';
import type { ProposedAction, RunEvent } from '../workflow/events.ts';
import type { RunState } from '../workflow/state.ts';

const RUN = knownKind('runs.workflows');

/** As many as a store gives at once: in a storm of alerts hundreds of others are asked for after this one. */
const MOST = 1_000;

/** What a run needs a person for: to allow proposed calls, or to say what an unknown step did. */
export type Question = Extract<Command, { kind: 'ask-person' | 'ask-outcome' }>;

/** A person's answer, or what stands for it. */
export interface Answered {
  readonly decision: 'approved' | 'rejected' | 'expired';
  readonly by: string;
  readonly approval?: string;
}

export function isQuestion(command: Command): command is Question {
  return command.kind === 'ask-person' || command.kind === 'ask-outcome';
}

/** A question as a call of this server. No tool is called so: agents cannot make it, the server asks by itself. */
export function asCall(command: Question, run: string): { server: string; tool: string; input: JsonObject } {
  const { step } = command;
  const about = command.kind === 'ask-person' ? { proposal: command.proposal.digest } : { outcome: 'unknown' };
  return { server: 'workflows', tool: 'ask_person', input: { run, step, ...about } };
}

/** A person decides, whatever the policy says of the single actions. */
const PERSON = { minimumTier: 'confirm' } as const;

export function actionsOf(command: Question, run: string): readonly Action[] {
  if (command.kind === 'ask-person') return command.proposal.actions.map(actionOf);
  return [{ server: 'workflows', verb: 'report', kind: RUN, name: run, facts: PERSON }];
}

/** What a proposed call would act on, as far as its arguments say: the server that runs it resolves and decides anew. */
function actionOf({ server, tool, input }: ProposedAction): Action {
  const verb = KNOWN_TOOLS.find((known) => known.server === server && known.tool === tool)?.verb ?? tool;
  const kind = findKind(stringAt(input, 'kind') ?? (tool === 'restart_pod' ? 'pod' : ''));
  const namespace = stringAt(input, 'namespace');
  const name = ['name', 'pod', 'app', 'repo'].flatMap((key) => stringAt(input, key) ?? [])[0];
  return { server, verb, ...(kind && { kind }), ...(namespace && { namespace }), ...(name && { name }), facts: PERSON };
}

/** The event for a question that was settled in another channel, that nobody answered in time, or that policy forbids. */
export async function answeredElsewhere(
  { ports }: { readonly ports: GatePorts },
  state: RunState,
  command: Command,
): Promise<RunEvent | undefined> {
  if (!isQuestion(command)) return undefined;
  const at = ports.clock.now();
  const decision = decideAll(ports.policy(), actionsOf(command, state.run));
  if (decision.kind === 'deny')
    return settledEvent(command, { decision: 'rejected', by: `policy: ${decision.rule}` }, at);
  const key = approvalKey(asCall(command, state.run), state.run);
  const newest = (await (await ports.approvals()).list({ limit: MOST })).find((approval) => approval.key === key);
  const answer = newest && answerOf(newest);
  // Nobody knows what an unknown step did any better because time has passed.
  if (answer === undefined || (answer.decision === 'expired' && command.kind === 'ask-outcome')) return undefined;
  return settledEvent(command, answer, at);
}

function answerOf({ id, state, settled }: Approval): Answered | undefined {
  if (state === 'rejected') return { decision: 'rejected', by: settled?.by ?? 'a person', approval: id };
  return state === 'expired' ? { decision: 'expired', by: 'nobody answered in time', approval: id } : undefined;
}

export function settledEvent(command: Question, { decision, by, approval }: Answered, at: number): RunEvent {
  const { step } = command;
  if (command.kind === 'ask-outcome') {
    const outcome = decision === 'approved' ? 'succeeded' : 'failed';
    return { type: 'person-decided', at, step, by, outcome, note: command.reason };
  }
  const { digest } = command.proposal;
  return { type: 'proposal-settled', at, step, digest, decision, by, ...(approval !== undefined && { approval }) };
}
