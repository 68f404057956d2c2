import type { AuditRecord, LoggedAction } from '../../shared/audit/record.ts';
import type { ActionLog } from '../../shared/control-plane/ports.ts';

/** A call as History shows it: what is known last of it. */
export interface LoggedCall {
  readonly record: AuditRecord;
  /** `begun`: a change whose outcome may yet come. `lost`: one whose outcome should be here long since. */
  readonly state: 'ended' | 'begun' | 'lost';
}

/** No change takes longer than this, in milliseconds: its deadline, and the time in which its record is shipped. */
const LONGEST = 30 * 60_000;

/** One row a call. An intent is left out where its outcome is known, whether that is on this page or not. */
export async function callsOf(
  actions: ActionLog,
  records: readonly AuditRecord[],
  now: number,
): Promise<readonly LoggedCall[]> {
  const ended = new Set(records.filter(({ phase }) => phase === 'outcome').map(({ call }) => call));
  const calls = await Promise.all(
    records.map(async (record): Promise<LoggedCall | undefined> => {
      if (record.phase === 'outcome') return { record, state: 'ended' };
      if (ended.has(record.call) || (await hasOutcome(actions, record))) return undefined;
      return { record, state: now - Date.parse(record.at) > LONGEST ? 'lost' : 'begun' };
    }),
  );
  return calls.filter((call) => call !== undefined);
}

/** The outcome may be on the page before, or outside of the filter. */
async function hasOutcome(actions: ActionLog, { call, at, server, tool }: AuditRecord): Promise<boolean> {
  const from = Date.parse(at);
  const { records } = await actions.list({ from, until: from + LONGEST, server, tool, limit: 1000 });
  return records.some((record) => record.call === call && record.phase === 'outcome');
}

/** `scale Deployment/web in shop`; where nobody got so far as to know the action, the tool. */
export function describeCall({ action, server, tool }: AuditRecord): string {
  return action.length === 0 ? `${server}.${tool}` : action.map(describe).join(', ');
}

function describe({ verb, kind, namespace, name }: LoggedAction): string {
  const target = [kind, name].filter(Boolean).join('/');
  return [verb, target, namespace && `in ${namespace}`].filter(Boolean).join(' ');
}
