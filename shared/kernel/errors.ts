/** What went wrong, in a form that scripts, tests and the audit log can count. Frozen by test/golden/error-codes.json. */
export const ERROR_CODES = [
  'invalid_input',
  'unknown_tool',
  'forbidden',
  'policy_invalid',
  'config_invalid',
  'not_found',
  'conflict',
  'rejected_by_backend',
  'unauthorized',
  'unreachable',
  'timeout',
  'cancelled',
  'too_large',
  'audit_unavailable',
  'store_unavailable',
  'precondition_failed',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * An error whose `message` and `hint` are our own words, so a model may read them.
 * `cause` is not: it goes to the log only.
 */
export class OpsError extends Error {
  override readonly name = 'OpsError';
  readonly code: ErrorCode;
  /** What to do about it. */
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}

/** The text of an unknown thrown value, for logs and for causes. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Node's error code (`ENOSPC`, `ECONNREFUSED`, ...) of an unknown thrown value, if it has one. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
