import type { GitOpsOwner } from '../kernel/action.ts';

/** `<app>:<group>/<kind>:<namespace>/<name>` (Argo CD's default resource tracking). */
export const TRACKING_ID = 'argocd.argoproj.io/tracking-id';

/** The application that a mark names: Argo CD writes `<namespace>_<app>` for one outside of its own namespace. */
export function appOfMark(mark: string): { readonly name: string; readonly namespace: string | undefined } {
  // Neither name can hold an underscore.
  const [name = '', namespace] = mark.split('_').reverse();
  return { name, namespace };
}

/** An Application that an ApplicationSet makes is overwritten by it, whatever its own sync policy says. */
export function applicationSetOwner(name: string): GitOpsOwner {
  const instead = `change spec.template of ApplicationSet ${name} instead, in Git if it is there`;
  return { app: name, selfHeal: true, repo: '', path: 'spec.template', revision: '', instead };
}
