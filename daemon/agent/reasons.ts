/** What the client says of a failure. */
export interface Failure {
  /** HTTP status of the service's last answer; null where it could not be reached. */
  readonly status?: number | null;
  /** How the result is called: `error_max_turns`, … */
  readonly subtype?: string;
  /** The client's own name for an error of the service. */
  readonly error?: string;
}

const AGAIN = 'Trying again later makes sense.';
const NO_USE = 'Trying again does not help';

const ENDINGS: Readonly<Record<string, string>> = {
  success: 'The agent ended without an answer. Trying again may help.',
  error_max_turns: `The agent took as many turns as it may. ${NO_USE} much: raise daemon.max_turns, or make the task smaller.`,
  error_max_budget_usd: `The agent spent as much as it may. ${NO_USE} much: raise daemon.budget.step, or make the task smaller.`,
  error_max_structured_output_retries:
    'The answer did not fit the step’s schema, several times. Trying again may help; another model may, too.',
  error_during_execution: 'The agent’s session broke off. Trying again makes sense.',
};

const ERRORS: Readonly<Record<string, string>> = {
  authentication_failed: `Claude’s service does not accept the credentials. ${NO_USE}: set ANTHROPIC_API_KEY, or CLAUDE_CODE_OAUTH_TOKEN from "claude setup-token", anew.`,
  oauth_org_not_allowed: `The account’s organisation may not use Claude Code. ${NO_USE}.`,
  account_on_hold: `The account is on hold. ${NO_USE} before its owner has settled that.`,
  verification_required: `The account has to be verified. ${NO_USE} before its owner has done that.`,
  billing_error: `The account cannot pay: its credit is used up, or billing fails. ${NO_USE} before that is settled.`,
  cloud_credential_error: `The cloud provider does not accept the credentials. ${NO_USE} before they are set anew.`,
  model_not_found: `Claude’s service does not know the model, or the account may not use it. ${NO_USE}: choose another one.`,
  rate_limit: `The account’s rate limit is used up. ${AGAIN}`,
  overloaded: `Claude’s service is overloaded, also for the model to fall back on. ${AGAIN}`,
  server_error: `Claude’s service failed. ${AGAIN}`,
  invalid_request: `Claude’s service refused the request as invalid. ${NO_USE} without a change.`,
  max_output_tokens: 'The answer was longer than the model may write. Trying again may help.',
};

/** Why a session failed, in our words: what the service says may hold anything, a key included, and goes to the log. */
export function reasonOf({ status, subtype = 'error_during_execution', error }: Failure): string {
  const http = typeof status === 'number' ? ` (HTTP ${status})` : '';
  // The client calls that an error of the server, too.
  if (status === null && (error === undefined || error === 'server_error' || error === 'unknown'))
    return `Claude’s service cannot be reached. ${AGAIN}`;
  const known = byStatus(status) ?? (error === undefined ? undefined : ERRORS[error]);
  if (known !== undefined) return known.replace('.', `${http}.`);
  if (http !== '') return `Claude’s service refused the request${http}. ${NO_USE} without a change.`;
  return ENDINGS[subtype] ?? `The agent’s session ended as ${subtype}. Trying again may help.`;
}

function byStatus(status: number | null | undefined): string | undefined {
  if (typeof status !== 'number') return undefined;
  if (status === 401 || status === 403) return ERRORS.authentication_failed;
  if (status === 402) return ERRORS.billing_error;
  if (status === 429) return ERRORS.rate_limit;
  if (status === 529) return ERRORS.overloaded;
  return status >= 500 ? ERRORS.server_error : undefined;
}
