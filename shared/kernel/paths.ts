import { join } from 'node:path';

/** Where everything lives below the user's Claude folder (`~/.claude`, or `--home DIR`). */
export interface Paths {
  readonly home: string;
  readonly settings: string;
  readonly config: string;
  readonly agents: string;
  readonly actionLogs: string;
  readonly workflowLogs: string;
  /** Approvals, call records and keys: this system's own, mode 0700. */
  readonly state: string;
  readonly database: string;
  /** One small file per tool call, written by the guard hook: which agent made it. */
  readonly calls: string;
  readonly passphrase: string;
}

export function pathsIn(home: string): Paths {
  const state = join(home, 'k8s-agent');
  return {
    home,
    settings: join(home, 'settings.json'),
    config: join(home, 'k8s-agent.yaml'),
    agents: join(home, 'agents'),
    actionLogs: join(home, 'logs', 'actions'),
    workflowLogs: join(home, 'logs', 'workflows'),
    state,
    database: join(state, 'state.db'),
    calls: join(state, 'calls'),
    passphrase: join(state, 'approver.json'),
  };
}
