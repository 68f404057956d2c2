import timers from 'node:timers/promises';
import type { Permit } from '../../shared/gate/permit.ts';
import type { Rest } from '../../shared/http/rest.ts';
import { arrayAt, stringAt } from '../../shared/kernel/json.ts';
import { oneLine } from '../../shared/kernel/text.ts';
import { short } from './api.ts';
import { type App, type AppRef, describeResource } from './app.ts';
import { readApp } from './read-app.ts';

/** Milliseconds between two looks at an operation, and how long it is followed: the gate's deadline is 120 s. */
const LOOK_AGAIN = 1000;
const FOLLOW = 90_000;

/** Follows an operation that was just started until it is done, and says how it ended. */
export async function follow(argocd: Rest, permit: Permit, ref: AppRef, before: App): Promise<string> {
  const enough = AbortSignal.timeout(FOLLOW);
  let said = '';
  while (!enough.aborted) {
    const app = await readApp(argocd, ref, permit.signal);
    const state = app.operation;
    const isOurs = state !== undefined && state.startedAt !== '' && state.startedAt !== before.operation?.startedAt;
    if (isOurs && state.phase !== 'Running') return ended(app);
    const now = oneLine(state?.message || state?.phase || 'waiting for the controller', 200);
    if (now !== said) permit.report(now);
    said = now;
    await timers.setTimeout(LOOK_AGAIN, undefined, { signal: permit.signal });
  }
  return `It still runs after ${FOLLOW / 1000} s (${said}). Follow it with get_app.`;
}

function ended(app: App): string {
  const { operation, sync, health, revision } = app;
  const results = arrayAt(app.raw, 'status', 'operationState', 'syncResult', 'resources');
  const failed = results.filter(
    (one) =>
      ['SyncFailed', 'PruneSkipped'].includes(stringAt(one, 'status') ?? '') ||
      ['Failed', 'Error'].includes(stringAt(one, 'hookPhase') ?? ''),
  );
  const lines = failed.map((one) => {
    const resource = {
      kind: stringAt(one, 'kind') ?? '',
      name: stringAt(one, 'name') ?? '',
      namespace: stringAt(one, 'namespace') ?? '',
    };
    return `${describeResource(resource)}: ${oneLine(stringAt(one, 'message') ?? '', 300)}`;
  });
  const head = `${operation?.phase ?? 'Unknown'} at ${short(operation?.revision || revision)}: now ${sync}, ${health}.`;
  const message = operation?.phase === 'Succeeded' ? [] : [oneLine(operation?.message ?? '', 500)];
  const wait = health === 'Progressing' ? ['Its pods are still coming up: look again with get_app.'] : [];
  return [head, ...message, ...lines, ...wait].join('\n');
}
