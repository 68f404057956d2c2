import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringAt } from '../../shared/kernel/json.ts';
import { callRecordPath } from '../../shared/kernel/paths.ts';
import { MAIN } from '../../shared/policy/scope.ts';

/** Our servers, under the names that `install` registers them with. */
const OURS = /^mcp__(kubectl|argocd|prometheus|gitea|workflows)__/;

/** A record is read within the call that it belongs to, in milliseconds. */
const KEEP = 24 * 60 * 60 * 1000;

/** Records kept before old ones are looked for. */
const ENOUGH = 200;

/** Writes down which agent makes this call, where the server looks it up. Throws where it cannot. */
export function recordCall(event: unknown, folder: string, now: number): void {
  if (!OURS.test(stringAt(event, 'tool_name') ?? '')) return;
  const id = stringAt(event, 'tool_use_id');
  const path = id === undefined ? undefined : callRecordPath(folder, id);
  if (path === undefined) throw new Error('the call has no usable tool_use_id');
  const record = {
    agent: (stringAt(event, 'agent_type') ?? MAIN).slice(0, 128),
    session: (stringAt(event, 'session_id') ?? '').slice(0, 128),
  };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Renamed into place, so that the server never reads half a record.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(record), { mode: 0o600 });
  renameSync(draft, path);
  prune(folder, now);
}

function prune(folder: string, now: number): void {
  const names = readdirSync(folder);
  if (names.length <= ENOUGH) return;
  for (const name of names) {
    const path = join(folder, name);
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: now };
    if (now - mtimeMs > KEEP) rmSync(path, { force: true });
  }
}
