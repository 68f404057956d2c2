import type { Approval } from '../../shared/approvals/approval.ts';
import type { InboxEntry } from '../../shared/control-plane/ports.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { RunEvent } from '../../shared/workflow/events.ts';
import { isEnded, type RunState, replay } from '../../shared/workflow/state.ts';
import type { PagesDeps } from './deps.ts';

/** What a person wants to know of the run that an approval belongs to. */
export interface RunContext {
  readonly run: string;
  readonly workflow?: string;
  /** Why an answer may have no point any more, though the approval still stands. */
  readonly stale?: string;
}

/** As many entries of the inbox as an alert that still has a pending approval can be behind. */
const RECENT = 200;

export type Contexts = Readonly<Record<string, RunContext>>;

/** The runs of these approvals, by their id. */
export async function contextsOf(deps: PagesDeps, approvals: readonly Approval[]): Promise<Contexts> {
  const runs = [...new Set(approvals.flatMap(({ run }) => run ?? []))];
  if (runs.length === 0) return {};
  const inbox = await deps.inbox.list(RECENT);
  const contexts = await Promise.all(
    runs.map(async (run) => [run, contextOf(run, stateOf(await deps.runs.read(run)), inbox)] as const),
  );
  return Object.fromEntries(contexts);
}

/** Events that do not fit together are a run that nobody can tell the state of; its page still lists them. */
export function stateOf(events: readonly RunEvent[]): RunState | undefined {
  try {
    return replay(events);
  } catch (error) {
    if (error instanceof OpsError) return undefined;
    throw error;
  }
}

function contextOf(run: string, state: RunState | undefined, inbox: readonly InboxEntry[]): RunContext {
  const stale = state && isEnded(state) ? `its run has ended (${state.status})` : resolvedAlert(run, inbox);
  return { run, ...(state && { workflow: state.workflow }), ...(stale && { stale }) };
}

function resolvedAlert(run: string, inbox: readonly InboxEntry[]): string | undefined {
  const alerts = inbox.flatMap((entry) => (entry.run === run && entry.body.kind === 'alert' ? entry.body.alert : []));
  const [first] = alerts;
  if (first === undefined || alerts.some(({ status }) => status !== 'resolved')) return undefined;
  return `the alert ${first.labels.alertname ?? 'that started its run'} is resolved`;
}
