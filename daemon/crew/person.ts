import type { ApprovalState } from '../../shared/approvals/approval.ts';
import type { Place } from '../../shared/drive/forward.ts';
import { asCall, isQuestion } from '../../shared/drive/proposal.ts';
import { askPerson } from '../../shared/drive/question.ts';
import { approvalKey } from '../../shared/gate/ask.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { DAEMON } from '../../shared/policy/scope.ts';
import type { CrewDeps } from './deps.ts';
import { whileWanted } from './unwanted.ts';

/** Milliseconds between looks at an approval. */
const LOOK = 2_000;

/** As many as a store gives at once: in a storm of alerts hundreds of questions wait. */
const MOST = 1_000;

/** Asks a person for what a run needs, and waits for the answer for as long as the run wants one. */
export async function waitForPerson(deps: CrewDeps, place: Place, signal: AbortSignal): Promise<void> {
  const { approvals, runs, drive, owner, sleep } = deps;
  const { command, state } = place;
  if (!isQuestion(command)) return;
  // The gate makes or finds the approval, and carries out what follows an answer. It is entered once for each.
  const caller = { agent: DAEMON, session: owner, signal, canAsk: false };
  const verdict = await askPerson(drive, place, caller, async () => 'Recorded.');
  const key = approvalKey(asCall(command, state.run), state.run);
  const find = async (...states: readonly ApprovalState[]) =>
    (await approvals.list({ states, limit: MOST })).find((approval) => approval.key === key);
  const asked = await find('pending');
  if (asked === undefined) {
    // Answered while this looked away.
    if ((await find('approved', 'rejected')) !== undefined) return sleep(LOOK, signal);
    if (verdict?.kind !== 'answer' || !verdict.isError || (await runs.get(state.run)).length > state.length) return;
    throw new OpsError('rejected_by_backend', `Nobody could be asked: ${verdict.text}`, 'It is tried again.');
  }
  await whileWanted(deps, place, signal, async (wanted) => {
    while (!wanted.aborted && (await approvals.get(asked.id))?.state === 'pending') await sleep(LOOK, wanted);
  });
}

/** Nobody needs them any more. */
export async function withdrawAll({ approvals }: Pick<CrewDeps, 'approvals'>, run: string, why: string): Promise<void> {
  const pending = await approvals.list({ states: ['pending'], limit: MOST });
  for (const { id } of pending.filter((approval) => approval.run === run)) await approvals.withdraw(id, why);
}
