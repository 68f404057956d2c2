import { messageOf, OpsError } from '../kernel/errors.ts';
import { maskText } from '../kernel/secrets.ts';
import { oneLine } from '../kernel/text.ts';
import { answered } from './answer.ts';
import type { Answer, Planned, Verdict } from './call.ts';
import type { Mandate } from './mandate.ts';
import type { Passage } from './passage.ts';
import { Permit } from './permit.ts';

/** Steps 7 to 10: claim, intent, run, outcome. The plan was made, and the decision taken, in this same call. */
export async function execute(passage: Passage, plan: Planned, mandate?: Mandate): Promise<Verdict> {
  const { ports, caller, journal } = passage;
  caller.signal.throwIfAborted();
  if (mandate !== undefined && !(await mandate.claim())) return lost(passage, mandate);
  ports.faultPoint?.('claimed');
  try {
    await journal.intent();
  } catch (error) {
    await finish(passage, mandate, 'failed', 'not started: no record could be written');
    throw error;
  }
  ports.faultPoint?.('intent');
  return run(passage, plan, mandate);
}

async function run(passage: Passage, plan: Planned, mandate: Mandate | undefined): Promise<Verdict> {
  const { ports, caller, journal } = passage;
  const deadline = AbortSignal.timeout((await ports.limits()).deadline);
  const permit = Permit.mint(journal.grant(), AbortSignal.any([caller.signal, deadline]), caller.report);
  try {
    const answer = await plan.run(permit);
    ports.faultPoint?.('ran');
    return await succeeded(passage, mandate, answer);
  } catch (error) {
    return await broke(passage, mandate, error, permit.signal.aborted);
  } finally {
    Permit.revoke(permit);
  }
}

async function succeeded(passage: Passage, mandate: Mandate | undefined, answer: Answer): Promise<Verdict> {
  const verdict = await answered(passage.journal, {
    ...answer,
    status: 'ok',
    message: oneLine(answer.text, 200),
    isError: false,
  });
  passage.ports.faultPoint?.('recorded');
  await finish(passage, mandate, 'executed', 'done');
  return verdict;
}

/** An aborted or timed-out change may have reached the server: nobody knows, and it is said so. */
async function broke(
  passage: Passage,
  mandate: Mandate | undefined,
  error: unknown,
  aborted: boolean,
): Promise<Verdict> {
  const known = error instanceof OpsError ? error : undefined;
  const uncertain = aborted || known?.code === 'timeout' || known?.code === 'unreachable' || known === undefined;
  if (known === undefined) passage.journal.log(`call ${passage.journal.id} failed while it ran`, error);
  const message = maskText(known === undefined ? messageOf(error) : `${known.message} ${known.hint}`);
  await finish(passage, mandate, uncertain ? 'unknown' : 'failed', message);
  const text = uncertain
    ? `Outcome unknown: ${known === undefined ? 'the call broke off' : message} The change may have happened. Look at the target before anything else; it is not run again by itself. Record: ${passage.journal.id}.`
    : message;
  return answered(passage.journal, { status: uncertain ? 'unknown' : 'error', message, isError: true, text });
}

async function lost({ journal }: Passage, mandate: Mandate): Promise<Verdict> {
  const { message, text } = await mandate.lost();
  return answered(journal, { status: 'refused', message, isError: true, text });
}

/** The audit log is the truth; a mandate that cannot be closed is closed by its deadline. */
async function finish(
  { journal }: Passage,
  mandate: Mandate | undefined,
  state: 'executed' | 'failed' | 'unknown',
  result: string,
) {
  if (mandate === undefined) return;
  try {
    await mandate.finish(state, result);
  } catch (error) {
    journal.log(`${mandate.name} could not be moved to ${state}`, error);
  }
}
