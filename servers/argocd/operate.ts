import { OpsError } from '../../shared/kernel/errors.ts';
import { oneLine } from '../../shared/kernel/text.ts';
import type { App } from './app.ts';

/** Two operations on one application cannot run at once: the second would wait for the first, or fail. */
export function demandIdle({ name, operation }: App): void {
  if (operation?.phase !== 'Running' && operation?.phase !== 'Terminating') return;
  throw new OpsError(
    'conflict',
    `An operation of ${name} is ${operation.phase.toLowerCase()} (by ${operation.by}): ${oneLine(operation.message, 200)}.`,
    'Wait for it (get_app), or end it with terminate_operation.',
  );
}

/** What an approval of an operation is bound to: what Git wants, what runs, and how the application is set up. */
export function stateOf({ raw, revision }: App): unknown {
  return [revision, raw.spec ?? null];
}
