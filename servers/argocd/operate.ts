import type { Permit } from '../../shared/gate/permit.ts';
import { path } from '../../shared/http/path.ts';
import { isStatus, type Rest } from '../../shared/http/rest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { at, stringAt } from '../../shared/kernel/json.ts';
import { oneLine } from '../../shared/kernel/text.ts';
import type { App, AppRef } from './app.ts';

/** Two operations on one application cannot run at once: the second would wait for the first, or fail. */
export function demandIdle({ name, operation, deletedAt }: App): void {
  if (deletedAt !== undefined)
    throw new OpsError('conflict', `${name} is being deleted since ${deletedAt}.`, 'Wait until it is gone.');
  if (operation?.phase !== 'Running' && operation?.phase !== 'Terminating') return;
  throw new OpsError(
    'conflict',
    `An operation of ${name} is ${operation.phase.toLowerCase()} (by ${operation.by}): ${oneLine(operation.message, 200)}.`,
    'Wait for it (get_app), or end it with terminate_operation.',
  );
}

/** Argo CD would refuse this account only after a person has said yes: so it is asked before. */
export async function demandRight(
  argocd: Rest,
  action: 'sync' | 'create' | 'update' | 'delete',
  { name, namespace, project }: AppRef & { readonly project: string },
  signal: AbortSignal,
): Promise<void> {
  const object = [project, ...(namespace === undefined ? [] : [namespace]), name];
  const what = `right to ${action} application ${name}`;
  const answer = await argocd.get({ path: path`/api/v1/account/can-i/applications/${action}/${object}`, what }, signal);
  if (stringAt(answer, 'value') !== 'no') return;
  throw new OpsError(
    'unauthorized',
    `The account of this server may not ${action} application ${name} of project ${project}.`,
    `A person can grant it in Argo CD: p, ACCOUNT, applications, ${action}, ${object.join('/')}, allow.`,
  );
}

/** A project's sync windows may hold back even what a person starts. */
export async function demandOpenWindow(argocd: Rest, { name, namespace }: AppRef, signal: AbortSignal): Promise<void> {
  const read = {
    path: path`/api/v1/applications/${name}/syncwindows`,
    query: { appNamespace: namespace },
    what: `sync windows of ${name}`,
  };
  const windows = await argocd.get(read, signal).catch((error: unknown) => {
    // It is Argo CD that decides; an account that may not read the windows learns it from the sync.
    if (isStatus(error, 403)) return undefined;
    throw error;
  });
  if (at(windows, 'canSync') !== false) return;
  throw new OpsError(
    'precondition_failed',
    `A sync window of the project of ${name} allows no sync now.`,
    'Wait until it opens, or let a person change the window in the project.',
  );
}

/** What an approval of an operation is bound to: what Git wants, what runs, and how the application is set up. */
export function stateOf({ raw, revision }: App): unknown {
  return [revision, raw.spec ?? null];
}

export async function terminate(argocd: Rest, permit: Permit, { name, namespace }: AppRef): Promise<void> {
  await argocd.change(permit, {
    method: 'DELETE',
    path: path`/api/v1/applications/${name}/operation`,
    query: { appNamespace: namespace },
    what: `operation of ${name}`,
  });
}
