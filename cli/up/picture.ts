import type { DaemonView, Line, RunInHand } from '../../daemon/view.ts';
import { span } from '../../shared/cluster/times.ts';
import { maskText } from '../../shared/kernel/secrets.ts';
import { count, oneLine } from '../../shared/kernel/text.ts';

type Problem = DaemonView['problems'][number];

/** Where people approve. */
export interface DashboardState {
  /** Absent while there is none. */
  readonly url?: string;
  /** Why there is none. */
  readonly problem?: Problem;
  /** For the first login: whoever opens it may approve from then on. */
  readonly link?: string;
}

/** Everything that is shown at one moment. */
export interface Picture {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly dashboard: DashboardState;
  /** Absent until the daemon has begun. */
  readonly daemon?: DaemonView;
  /** Milliseconds that running steps still have, once the daemon has been told to stop. */
  readonly drain?: number;
}

/** What is done with the pictures and the lines: a view that lives, or lines for a log. */
export interface Show {
  tell(line: Line): void;
  draw(picture: Picture): void;
  /** Gives the terminal back. */
  end(): void;
}

/** Text from outside on one line: it can neither move the cursor nor show a secret. */
export function clean(text: string): string {
  return oneLine(maskText(text), 1_000);
}

/** What keeps this process from its work, and what to do. */
export function problemsOf({ dashboard, daemon }: Picture): readonly Problem[] {
  return [...(dashboard.problem ? [dashboard.problem] : []), ...(daemon?.problems ?? [])];
}

const DOING: Readonly<Record<RunInHand['doing'], string>> = {
  agent: 'an agent works',
  person: 'waits for a person',
  lock: 'waits for another run',
  verify: 'looks whether it has helped',
  pause: 'waits until it goes on',
  action: 'does what was approved',
  credentials: 'waits for credentials',
};

export function doingText({ doing, since }: RunInHand, now: number): string {
  return `${DOING[doing]}, ${span(now - since)}`;
}

/** What a daemon that stops still waits for. */
export function drainText({ daemon, drain = 0 }: Picture): string {
  const runs = daemon?.runs ?? [];
  const names = runs.map(({ run, workflow, step }) => clean(`${run} (${step ? `${workflow}, ${step}` : workflow})`));
  const what = runs.length === 0 ? 'for the end' : `for ${count(runs.length, 'run')}: ${names.join(', ')}`;
  return `Stopping: waits ${what}; ${Math.ceil(drain / 1_000)} s left. A second signal (Ctrl+C) ends it at once.`;
}
