import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

export interface CallerIdentity {
  readonly agent?: string;
  readonly session?: string;
}

/** What the guard hook writes for each tool call: `k8s-agent/calls/<tool_use_id>.json`. */
export const callRecordSchema = z.object({ agent: z.string().max(128), session: z.string().max(128) });

/** An id becomes a file's name, so it is checked and never trusted. */
const ID = /^[\w-]{1,128}$/;

/** The path of a call's record, or undefined where the id could not be a file's name. */
export function callRecordPath(folder: string, toolUseId: string): string | undefined {
  return ID.test(toolUseId) ? join(folder, `${toolUseId}.json`) : undefined;
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
