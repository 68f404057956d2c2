import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { callRecordPath } from '../kernel/paths.ts';

export interface CallerIdentity {
  readonly agent?: string;
  readonly session?: string;
}

/** What the guard hook writes for each tool call: `k8s-agent/calls/<tool_use_id>.json`. */
const callRecordSchema = z.object({ agent: z.string().max(128), session: z.string().max(128) });

/** Who makes every call of a process that was started for a run alone: its own environment says so, which no model fills in. */
export function ofRun(run: string, agent: string | undefined): () => CallerIdentity {
  return () => ({ session: run, ...(agent !== undefined && { agent }) });
}

/** Who made a call, as the hook wrote it down. Without the hook nobody is known: the policy then knows no agent. */
export function identifyFrom(folder: string): (toolUseId: string | undefined) => CallerIdentity {
  return (toolUseId) => {
    const path = toolUseId === undefined ? undefined : callRecordPath(folder, toolUseId);
    if (path === undefined) return {};
    try {
      return callRecordSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    } catch {
      return {};
    }
  };
}
