import type { LoggedAction } from '../../shared/audit/record.ts';
import type { ActionLog } from '../../shared/control-plane/ports.ts';
import type { RunStore } from '../../shared/workflow/run-store.ts';
import { keyOf, workloadOfPod } from '../incidents/owner.ts';
import type { History } from './breaker.ts';

/** Whoever cancels a run, or holds its lock, says nothing about the workflow. */
const ENDS = ['succeeded', 'failed', 'timed-out'] as const;

const HOUR = 3_600_000;

/** Records in one look, and looks at most: reads are among them. */
const PAGE = 500;
const PAGES = 20;

/** What a workflow has done: its newest runs, and from the audit log the changes of the last hour. */
export async function historyOf(
  workflow: string,
  now: number,
  { runs, actions }: { readonly runs: Pick<RunStore, 'list'>; readonly actions: Pick<ActionLog, 'list'> },
): Promise<History> {
  const rows = await runs.list({ workflow, statuses: ENDS });
  const ends = rows.map(({ updatedAt, status }) => ({ at: updatedAt, ok: status === 'succeeded' }));
  return { ends, changes: await changesOf(workflow, now, actions) };
}

async function changesOf(workflow: string, now: number, actions: Pick<ActionLog, 'list'>): Promise<History['changes']> {
  const changes: History['changes'][number][] = [];
  let before: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const filter = { workflow, from: now - HOUR, limit: PAGE, ...(before !== undefined && { before }) };
    const { records, next } = await actions.list(filter);
    // An intent is what was about to be changed, whatever came of it.
    for (const { phase, at, action } of records)
      if (phase === 'intent') changes.push(...action.map((one) => ({ at: Date.parse(at), target: targetOf(one) })));
    if (next === undefined) break;
    before = next;
  }
  return changes;
}

/** Pods come and go; what they belong to is what a workflow keeps changing. */
function targetOf({ kind = 'object', namespace, name = '' }: LoggedAction): string {
  const target = { kind, name: kind === 'Pod' ? workloadOfPod(name) : name };
  return keyOf(namespace === undefined ? target : { ...target, namespace });
}
