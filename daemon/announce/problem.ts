import { messageOf, type OpsError } from '../../shared/kernel/errors.ts';
import type { Severity } from '../../shared/notify/notification.ts';
import { type Problem as InFile, problemText } from '../../shared/workflow/problem.ts';

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

/** The budget of the day: of all daemons together. Any other problem is one machine's. */
export const BUDGET = 'budget';

/** Milliseconds for a restart of a backend, or of the network. */
const OUTAGE = 600_000;

/** Agents cannot work: their credentials are missing (`credentials`), or the day's `budget` is used up. */
export function problemOf(id: 'credentials' | 'budget', { message, hint }: OpsError): Problem {
  return { id, what: message, remedy: hint, severity: id === BUDGET ? 'warning' : 'critical' };
}

export function unreachableId(name: string): string {
  return `unreachable ${name}`;
}

/** `name`: `Prometheus`. People hear of it after ten minutes. */
export function unreachable(name: string, why: string): Problem {
  return {
    id: unreachableId(name),
    what: `${name} cannot be read: ${why}`,
    remedy: 'Check that it runs, and that this machine reaches it.',
    severity: 'warning',
    patience: OUTAGE,
  };
}

export const DISK = 'disk';

export function diskFull(freeBytes: number): Problem {
  return {
    id: DISK,
    what: `The disk with approvals, runs and logs is almost full: ${Math.floor(freeBytes / 2 ** 20)} MiB are left.`,
    remedy: 'Free space: what cannot be recorded is not done.',
  };
}

export const WORKFLOWS = 'workflows';

/** Whoever writes such a file sees what is wrong with it; people hear of what is left so. */
export function unreadable(problems: readonly InFile[]): Problem {
  const [first] = problems;
  return {
    id: WORKFLOWS,
    what: `Workflows cannot be read, and start by nothing: ${first === undefined ? '' : problemText(first)}`,
    remedy: 'Correct the file: k8s-agent workflow validate shows all that is wrong.',
    severity: 'warning',
    patience: OUTAGE,
  };
}

export const INBOX = 'inbox';

/** People hear of it after two minutes: what an alert says is only seen when it is taken in. */
export function notTakenIn(error: unknown): Problem {
  return {
    id: INBOX,
    what: `The inbox cannot be taken in as a whole: ${messageOf(error)}`,
    remedy: 'The daemon’s log says more. Until it can, look at Alertmanager itself.',
    patience: 120_000,
  };
}
