import { closest } from 'fastest-levenshtein';
import { path } from '../../shared/http/path.ts';
import { isStatus, type Rest } from '../../shared/http/rest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, isObject } from '../../shared/kernel/json.ts';
import type { App, AppRef } from './app.ts';
import { asApp } from './parse-app.ts';

export async function readApp(
  argocd: Rest,
  ref: AppRef,
  signal: AbortSignal,
  refresh?: 'normal' | 'hard',
): Promise<App> {
  const query = { appNamespace: ref.namespace, refresh };
  const read = { path: path`/api/v1/applications/${ref.name}`, query, what: `application ${ref.name}` };
  const found = await argocd.get(read, signal).catch((error: unknown) => unknown(argocd, ref, signal, error));
  return asApp(found);
}

/** Argo CD says 403, too, of an application that is not there, unless the account may read all of them. */
async function unknown(argocd: Rest, { name }: AppRef, signal: AbortSignal, error: unknown): Promise<never> {
  if (!isStatus(error, 404) && !isStatus(error, 403)) throw error;
  const names = (await appsOf(argocd, {}, signal)).map((app) => app.name);
  if (names.includes(name)) throw error;
  const near = names.length === 0 ? 'There are none.' : `Did you mean "${closest(name, names)}"? See list_apps.`;
  throw new OpsError('not_found', `There is no application ${name} that this account may see.`, near, { cause: error });
}

export async function appsOf(
  argocd: Rest,
  query: { readonly projects?: string; readonly appNamespace?: string; readonly selector?: string },
  signal: AbortSignal,
): Promise<readonly App[]> {
  const list = await argocd.get({ path: path`/api/v1/applications`, query, what: 'applications' }, signal);
  return arrayAt(list, 'items').filter(isObject).map(asApp);
}
