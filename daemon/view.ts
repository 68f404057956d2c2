/** One line of what a daemon has just done or seen, in our words; what comes from outside in it is on one line and masked. */
export interface Line {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly level: 'info' | 'warn' | 'bad';
  readonly text: string;
  readonly run?: string;
}

/** A run that this daemon drives now. */
export interface RunInHand {
  readonly run: string;
  readonly workflow: string;
  /** Absent between steps. */
  readonly step?: string;
  /** `agent` works; `person` is waited for; `lock`: another run holds it; `verify`: whether the change helps. */
  readonly doing: 'agent' | 'person' | 'lock' | 'verify' | 'pause' | 'action' | 'credentials';
  /** Since when it does that, in milliseconds since the epoch. */
  readonly since: number;
}

/** How a daemon stands at this moment: for the terminal, and for the dashboard. */
export interface DaemonView {
  /** Names the process: `HOST-PID-…`. */
  readonly owner: string;
  readonly startedAt: number;
  /** Fires schedules and takes in alerts; another daemon does where it is false. */
  readonly leads: boolean;
  readonly runs: readonly RunInHand[];
  readonly problems: readonly { readonly what: string; readonly remedy: string }[];
  readonly nextRuns: readonly { readonly workflow: string; readonly at: number }[];
  readonly pending: readonly {
    readonly approval: string;
    readonly what: string;
    readonly expiresAt: number;
    readonly link?: string;
  }[];
  readonly spentTodayUsd: number;
  readonly budgetTodayUsd: number;
}
