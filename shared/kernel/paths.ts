import { join } from 'node:path';

/** Where everything lives below the user's Claude folder (`~/.claude`, or `--home DIR`). */
export interface Paths {
  readonly home: string;
  readonly settings: string;
  readonly config: string;
  readonly agents: string;
  readonly skills: string;
  readonly workflows: string;
  readonly actionLogs: string;
  readonly workflowLogs: string;
  /** Approvals, call records and keys: this system's own, mode 0700. */
  readonly state: string;
  readonly database: string;
  /** One small file per tool call, written by the guard hook: which agent made it. */
  readonly calls: string;
  /** Which runs each session of Claude Code works on. */
  readonly sessions: string;
  readonly passphrase: string;
}

export function pathsIn(home: string): Paths {
  const state = join(home, 'k8s-agent');
  return {
    home,
    settings: join(home, 'settings.json'),
    config: join(home, 'k8s-agent.yaml'),
    agents: join(home, 'agents'),
    skills: join(home, 'skills'),
    workflows: join(home, 'workflows'),
    actionLogs: join(home, 'logs', 'actions'),
    workflowLogs: join(home, 'logs', 'workflows'),
    state,
    database: join(state, 'state.db'),
    calls: join(state, 'calls'),
    sessions: join(state, 'sessions'),
    passphrase: join(state, 'approver.json'),
  };
}

/** An id becomes a file's name, so it is checked and never trusted. */
const TOOL_USE_ID = /^[\w-]{1,128}$/;

/** Where the guard hook writes down who made a call, or undefined where the id could not be a file's name. */
export function callRecordPath(folder: string, toolUseId: string): string | undefined {
  return TOOL_USE_ID.test(toolUseId) ? join(folder, `${toolUseId}.json`) : undefined;
}
