import type { Approval } from '../approvals/approval.ts';
import { messageOf, OpsError } from '../kernel/errors.ts';
import { maskText } from '../kernel/secrets.ts';
import { oneLine } from '../kernel/text.ts';
import { answered } from './answer.ts';
import type { Answer, Planned, Verdict } from './call.ts';
import type { Passage } from './passage.ts';
import { Permit } from './permit.ts';

/** Steps 7 to 10: claim, intent, run, outcome. The plan was made, and the decision taken, in this same call. */
export async function execute(passage: Passage, plan: Planned, approval?: Approval): Promise<Verdict> {
  const { ports, caller, journal } = passage;
  caller.signal.throwIfAborted();
  const claimed =
    approval &&
    (await (
      await ports.approvals()
    ).claim(approval.id, journal.id, ports.audit.writer, (await ports.limits()).deadline));
  if (approval !== undefined && claimed === undefined) return lostClaim(passage, approval);
  ports.faultPoint?.('claimed');
  try {
    await journal.intent();
  } catch (error) {
    await finish(passage, claimed, 'failed', 'not started: no record could be written');
    throw error;
  }
  ports.faultPoint?.('intent');
  return run(passage, plan, claimed);
}

async function run(passage: Passage, plan: Planned, claimed: Approval | undefined): Promise<Verdict> {
  const { ports, caller, journal } = passage;
  const deadline = AbortSignal.timeout((await ports.limits()).deadline);
  const permit = Permit.mint(journal.id, AbortSignal.any([caller.signal, deadline]), caller.report);
  try {
    const answer = await plan.run(permit);
    ports.faultPoint?.('ran');
    return await succeeded(passage, claimed, answer);
  } catch (error) {
    return await broke(passage, claimed, error, permit.signal.aborted);
  } finally {
    Permit.revoke(permit);
  }
}

async function succeeded(passage: Passage, claimed: Approval | undefined, answer: Answer): Promise<Verdict> {
  const verdict = await answered(passage.journal, {
    ...answer,
    status: 'ok',
    message: oneLine(answer.text, 200),
    isError: false,
  });
  passage.ports.faultPoint?.('recorded');
  await finish(passage, claimed, 'executed', 'done');
  return verdict;
}

/** An aborted or timed-out change may have reached the server: nobody knows, and it is said so. */
async function broke(
  passage: Passage,
  claimed: Approval | undefined,
  error: unknown,
  aborted: boolean,
): Promise<Verdict> {
  const known = error instanceof OpsError ? error : undefined;
  const uncertain = aborted || known?.code === 'timeout' || known?.code === 'unreachable' || known === undefined;
  if (known === undefined) passage.journal.log(`call ${passage.journal.id} failed while it ran`, error);
  const message = maskText(known === undefined ? messageOf(error) : `${known.message} ${known.hint}`);
  await finish(passage, claimed, uncertain ? 'unknown' : 'failed', message);
  const text = uncertain
    ? `Outcome unknown: ${known === undefined ? 'the call broke off' : message} The change may have happened. Look at the target before anything else; it is not run again by itself. Record: ${passage.journal.id}.`
    : message;
  return answered(passage.journal, { status: uncertain ? 'unknown' : 'error', message, isError: true, text });
}

async function lostClaim({ ports, journal }: Passage, approval: Approval): Promise<Verdict> {
  const now = await (await ports.approvals()).get(approval.id);
  const text = `Approval ${approval.id} is ${now?.state ?? 'gone'}: another call used it, or its time is over. Nothing was changed by this call. Call again to ask anew.`;
  return answered(journal, {
    status: 'refused',
    message: `approval ${approval.id} could not be claimed`,
    isError: true,
    text,
  });
}

/** The audit log is the truth; an approval that cannot be closed is closed by its deadline. */
async function finish(
  { ports, journal }: Passage,
  claimed: Approval | undefined,
  state: 'executed' | 'failed' | 'unknown',
  result: string,
) {
  if (claimed === undefined) return;
  try {
    await (await ports.approvals()).finish(claimed, state, result);
  } catch (error) {
    journal.log(`approval ${claimed.id} could not be moved to ${state}`, error);
  }
}
