import type { Place } from '../../shared/drive/forward.ts';
import { asCall, isQuestion } from '../../shared/drive/proposal.ts';
import { askPerson } from '../../shared/drive/question.ts';
import { approvalKey } from '../../shared/gate/ask.ts';
import type { CrewDeps } from './deps.ts';
import { whileWanted } from './unwanted.ts';

/** The daemon as one that calls: it is no agent of the policy, and nobody answers for it. */
const DAEMON = 'daemon';

/** Milliseconds between looks at an approval. */
const LOOK = 2_000;

/** Asks a person for what a run needs, and waits for the answer for as long as the run wants one. */
export async function waitForPerson(deps: CrewDeps, place: Place, signal: AbortSignal): Promise<void> {
  const { approvals, drive, owner, sleep } = deps;
  const { command, state } = place;
  if (!isQuestion(command)) return;
  // The gate makes or finds the approval, and carries out what follows an answer. It is entered once for each.
  await askPerson(drive, place, { agent: DAEMON, session: owner, signal, canAsk: false }, async () => 'Recorded.');
  const key = approvalKey(asCall(command, state.run), state.run);
  await whileWanted(deps, place, signal, async (wanted) => {
    for (;;) {
      const [open] = (await approvals.list({ states: ['pending'] })).filter((approval) => approval.key === key);
      if (open === undefined || wanted.aborted) return;
      await sleep(LOOK, wanted);
    }
  });
}

/** Nobody needs them any more. */
export async function withdrawAll({ approvals }: Pick<CrewDeps, 'approvals'>, run: string, why: string): Promise<void> {
  for (const { id } of (await approvals.list({ states: ['pending'] })).filter((approval) => approval.run === run))
    await approvals.withdraw(id, why);
}
