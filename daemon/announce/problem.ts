import type { OpsError } from '../../shared/kernel/errors.ts';
import type { Severity } from '../../shared/notify/notification.ts';

/** What keeps a daemon from its work. */
export interface Problem {
  /** Names it for as long as it lasts, and when it comes again. */
  readonly id: string;
  readonly what: string;
  readonly remedy: string;
  /** Critical unless told. */
  readonly severity?: Severity;
  /** Milliseconds that it lasts before people hear of it: what is over by itself is none. 0 unless told. */
  readonly patience?: number;
}

/** Ids of problems that come from more than one place. */
export const CREDENTIALS = 'credentials';
export const DAY_BUDGET = 'budget of the day';

/** One of all daemons together; any other is one machine's. */
export function isShared(id: string): boolean {
  return id === DAY_BUDGET;
}

/** Agents cannot work: what `Agents.missing` says. */
export function noCredentials({ message, hint }: OpsError): Problem {
  return { id: CREDENTIALS, what: message, remedy: hint };
}

/** What `Spending.reserve` says where the day's budget is used up. */
export function dayBudget({ message, hint }: OpsError): Problem {
  return { id: DAY_BUDGET, what: message, remedy: hint, severity: 'warning' };
}

/** Milliseconds for a restart of a backend, or of the network. */
const OUTAGE = 600_000;

export function unreachableId(name: string): string {
  return `unreachable ${name}`;
}

/** `name`: `Prometheus`. People hear of it after ten minutes. */
export function unreachable(name: string, why: string): Problem {
  return {
    id: unreachableId(name),
    what: `${name} does not answer: ${why}`,
    remedy: 'Check that it runs, and that this machine reaches it.',
    severity: 'warning',
    patience: OUTAGE,
  };
}
