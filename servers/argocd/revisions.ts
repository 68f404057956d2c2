import { path } from '../../shared/http/path.ts';
import type { Rest } from '../../shared/http/rest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { stringAt } from '../../shared/kernel/json.ts';
import { oneLine } from '../../shared/kernel/text.ts';
import type { AppRef } from './app.ts';

/** Author and subject of a commit, as Argo CD knows them; empty where it does not (a chart, a lost repository). */
export async function describeCommit(
  argocd: Rest,
  ref: AppRef,
  revision: string,
  signal: AbortSignal,
): Promise<string> {
  if (!/^[0-9a-f]{40}$/.test(revision)) return '';
  const read = {
    path: path`/api/v1/applications/${ref.name}/revisions/${revision}/metadata`,
    query: { appNamespace: ref.namespace },
    what: `commit ${revision}`,
  };
  try {
    const commit = await argocd.get(read, signal);
    const subject = (stringAt(commit, 'message') ?? '').split('\n')[0] ?? '';
    return oneLine(`${subject} (${stringAt(commit, 'author') ?? 'unknown'})`, 160);
  } catch (error) {
    if (error instanceof OpsError && error.code !== 'cancelled') return '';
    throw error;
  }
}
