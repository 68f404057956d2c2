import type { OutcomeStatus } from '../audit/record.ts';
import { messageOf, OpsError } from '../kernel/errors.ts';
import { maskText } from '../kernel/secrets.ts';
import { capText, neutralize } from '../kernel/text.ts';
import type { Answer, Caller, Verdict } from './call.ts';
import type { Journal } from './journal.ts';

/** Characters of one answer at most: Claude Code keeps about 50,000 in line. */
const MAX_ANSWER = 40_000;

/** Base64 characters of a picture at most: ours have a tenth of it. */
const MAX_IMAGE = 1_000_000;

/** Records what came of a call, and shapes what the model reads. A read whose record fails still answers, and says so. */
export async function answered(
  journal: Journal,
  outcome: Answer & { readonly status: OutcomeStatus; readonly message: string; readonly isError: boolean },
): Promise<Verdict> {
  const warning = await record(journal, outcome.status, outcome.message);
  const { isError, image } = outcome;
  const large = image !== undefined && image.base64.length > MAX_IMAGE;
  const lost = large ? 'The picture is too large, and was left out.' : undefined;
  return {
    kind: 'answer',
    isError,
    text: [warning, shape(outcome, journal.id), lost].filter(Boolean).join('\n'),
    ...(image !== undefined && !large && { image }),
  };
}

/** Text from the cluster goes between two marks that it cannot contain, since they carry this call's id. */
function shape({ text, data }: Answer, call: string): string {
  const own = capText(neutralize(text), MAX_ANSWER);
  if (data === undefined || data === '') return own.text;
  const { text: shown, cut } = capText(
    maskText(neutralize(capText(data, 2 * MAX_ANSWER).text)),
    MAX_ANSWER - own.text.length,
  );
  const more = cut > 0 ? `\n(${cut} more characters were cut: narrow the question)` : '';
  return `${own.text}\n<data ${call}>\n${shown.trimEnd()}\n</data ${call}>${more}`;
}

/** The way out for everything that was thrown. Only an OpsError's own words reach the model. */
export async function failed(journal: Journal, caller: Caller, error: unknown): Promise<Verdict> {
  const known = asOpsError(error, caller);
  if (known === undefined) journal.log(`call ${journal.id} failed inside`, error);
  const text =
    known === undefined ? `Internal error. The audit log has it as ${journal.id}.` : `${known.message} ${known.hint}`;
  const status: OutcomeStatus = known?.code === 'cancelled' ? 'cancelled' : 'error';
  const message = known === undefined ? maskText(messageOf(error)) : `${known.code}: ${known.message}`;
  return answered(journal, { status, message, isError: true, text: maskText(text) });
}

function asOpsError(error: unknown, { signal }: Caller): OpsError | undefined {
  if (error instanceof OpsError) return error;
  if (!signal.aborted) return undefined;
  return new OpsError('cancelled', 'The call was cancelled by the client.', 'Nothing more was done.', { cause: error });
}

async function record(journal: Journal, status: OutcomeStatus, message: string): Promise<string | undefined> {
  try {
    await journal.outcome(status, message);
    return undefined;
  } catch (error) {
    journal.log(`call ${journal.id} has no outcome record`, error);
    return `Warning: this call could not be written to the audit log. ${error instanceof OpsError ? `${error.message} ${error.hint}` : ''}`;
  }
}
