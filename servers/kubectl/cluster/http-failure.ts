import { errnoOf, messageOf, OpsError } from '../../../shared/kernel/errors.ts';
import type { Connection } from './kubeconfig.ts';

/** Milliseconds without a byte, after which a request is given up. */
export const IDLE = 15_000;

const TLS_ERRORS = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL/;

/** What kept a request from being answered, in our own words. */
export function failure({ server, context }: Connection, signal: AbortSignal, error: unknown): OpsError {
  if (error instanceof OpsError) return error;
  const code = errnoOf(error) ?? '';
  const where = `the API server ${server.host} (context ${context})`;
  if (signal.aborted) return stopped(where, signal.reason, error);
  if (code === 'ETIMEDOUT')
    return new OpsError(
      'timeout',
      `No answer from ${where} within ${IDLE / 1000} s.`,
      'Check that the cluster is up, then try again.',
      { cause: error },
    );
  if (TLS_ERRORS.test(code)) {
    return new OpsError(
      'unreachable',
      `The certificate of ${where} is not trusted (${code}).`,
      'Check certificate-authority in the kubeconfig.',
      { cause: error },
    );
  }
  return new OpsError(
    'unreachable',
    `Cannot reach ${where}: ${code || messageOf(error)}.`,
    'Check that the cluster is up and that the kubeconfig names it.',
    { cause: error },
  );
}

function stopped(where: string, reason: unknown, cause: unknown): OpsError {
  const late = reason instanceof DOMException && reason.name === 'TimeoutError';
  return late
    ? new OpsError(
        'timeout',
        `The deadline passed before ${where} answered.`,
        'Look at the target before you try again.',
        { cause },
      )
    : new OpsError('cancelled', 'The call was cancelled by the client.', 'Nothing more was done.', { cause });
}
