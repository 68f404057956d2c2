import type { Approvals } from '../../shared/approvals/approvals.ts';
import type { Config } from '../../shared/config/schema.ts';
import type { DriveDeps } from '../../shared/drive/forward.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { OpsError } from '../../shared/kernel/errors.ts';
import type { JsonObject } from '../../shared/kernel/json.ts';
import type { Log } from '../../shared/kernel/log.ts';
import type { Runs } from '../../shared/workflow/runs.ts';
import type { RunState } from '../../shared/workflow/state.ts';
import type { Agents } from '../agent/agents.ts';
import type { Leases } from '../lease/lease.ts';
import type { Sleep } from '../sleep.ts';
import type { Spending } from '../spending/spending.ts';
import type { Remedied, Verification } from '../verify/verify.ts';
import type { Line } from '../view.ts';

/** What driving runs takes. */
export interface CrewDeps {
  /** Names this process: `HOST:PID:…`. */
  readonly owner: string;
  readonly runs: Runs;
  readonly approvals: Approvals;
  readonly drive: DriveDeps;
  readonly leases: Leases;
  readonly agents: Agents;
  /** Calls a tool of one of our servers with exactly this input, for a run. */
  readonly callTool: (call: ToolCall, signal: AbortSignal) => Promise<ToolAnswer>;
  readonly spending: Pick<Spending, 'reserve'>;
  /** Whether what a run has changed has helped; undefined when it was told to stop. */
  readonly verify: (about: Remedied, signal: AbortSignal) => Promise<Verification | undefined>;
  /** Something that keeps agents from working; without an error it is over. */
  readonly problem: (id: 'credentials' | 'budget', error: OpsError | undefined) => void;
  /** A run has changed something, or may have. */
  readonly changed: (state: RunState) => Promise<void>;
  /** A run has come to its end. It may be called again for the same one. */
  readonly ended: (state: RunState) => Promise<void>;
  readonly config: Pick<Config['daemon'], 'max_turns' | 'agents'>;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly log: Log;
  readonly tell: (line: Omit<Line, 'at'>) => void;
}

export interface ToolCall {
  readonly run: string;
  readonly server: string;
  readonly tool: string;
  readonly input: JsonObject;
}

interface ToolAnswer {
  readonly isError: boolean;
  readonly text: string;
}
