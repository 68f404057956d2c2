import type { Target } from '../../shared/tool/define.ts';
import { type App, type AppRef, targetOf } from './app.ts';
import { type ArgocdDeps, oncePerCall } from './deps.ts';
import { factsOf } from './owner.ts';
import { readApp } from './read-app.ts';

/** The application that a call names, read once for the call. */
export const readOnce = oncePerCall(
  ({ app }: { readonly app: AppRef }, { argocd }, signal): Promise<App> => readApp(argocd, app, signal),
);

/** What a change of the application itself acts on, with who else would change it back. */
export async function ownedTarget(
  input: { readonly app: AppRef },
  deps: ArgocdDeps,
  signal: AbortSignal,
): Promise<readonly Target[]> {
  return [targetOf(input.app, await factsOf(deps.argocd, await readOnce(input, deps, signal), signal))];
}
