import { iso } from '../../shared/kernel/clock.ts';
import type { Runs } from '../../shared/workflow/runs.ts';
import type { Breakers } from './breakers.ts';

/** Cancels a run where its workflow's breaker is open. */
export async function stopWhereOpen(
  { runs, breakers }: { readonly runs: Pick<Runs, 'record'>; readonly breakers: Pick<Breakers, 'check'> },
  { run, workflow }: { readonly run: string; readonly workflow: string },
): Promise<void> {
  const breaker = await breakers.check(workflow);
  if (breaker.kind === 'closed') return;
  const reason = `${breaker.reason}; it is stopped until ${iso(breaker.until)}`;
  await runs.record(run, (_, at) => ({ type: 'cancel-requested', at, by: 'the circuit breaker', reason }));
}
