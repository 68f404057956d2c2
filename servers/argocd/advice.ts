import type { App } from './app.ts';
import type { Owner } from './owner.ts';

/** The one thing to do next about an application in trouble, or undefined. */
export function adviceFor(app: App, owner: Owner | undefined): string | undefined {
  const { operation, auto, conditions, deletedAt } = app;
  if (deletedAt !== undefined)
    return `it is being deleted since ${deletedAt}; what stays keeps it (finalizers, or a deletion that a person has to confirm in Argo CD).`;
  const broken = conditions.find(({ type }) => type.endsWith('Error'));
  if (broken !== undefined)
    return `${broken.type} keeps it from being compared: correct the source or the destination.`;
  if (operation?.phase === 'Running' && operation.retries > 0)
    return 'a sync is retrying an older commit, and newer ones wait for it: see its message; terminate_operation ends it.';
  if (operation?.phase === 'Running') return 'a sync is running: look again.';
  if (operation !== undefined && ['Failed', 'Error'].includes(operation.phase) && app.sync !== 'Synced') {
    const again = auto.on ? 'Auto-sync does not try a failed commit again: ' : '';
    return `${again}correct what the message says in Git, or sync_app.`;
  }
  if (app.sync === 'OutOfSync')
    return auto.on
      ? 'auto-sync should bring it; diff_app shows what differs.'
      : 'diff_app shows what differs; sync_app brings it.';
  if (app.health === 'Degraded')
    return `look at its unhealthy resources (app_events, app_logs)${owner === undefined ? '' : '; its definition is not made by hand'}; app_history shows what was deployed when.`;
  if (app.health === 'Missing') return 'nothing of it is in the cluster: sync_app.';
  return undefined;
}
