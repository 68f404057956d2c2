import type { Facts } from '../../shared/kernel/action.ts';
import type { Target } from '../../shared/tool/define.ts';
import { APPLICATION } from './api.ts';

/** How an application is named: `shop`, or `team-a/shop` where it is not in Argo CD's own namespace. */
export interface AppRef {
  readonly name: string;
  /** Undefined: Argo CD's own. */
  readonly namespace?: string | undefined;
}

export interface Source {
  readonly repo: string;
  /** Folder or chart. */
  readonly path: string;
  readonly revision: string;
}

export interface Operation {
  /** `Running`, `Succeeded`, `Failed`, `Error`, `Terminating` */
  readonly phase: string;
  readonly message: string;
  readonly startedAt: string;
  readonly finishedAt: string | undefined;
  readonly revision: string;
  readonly by: string;
  readonly retries: number;
}

export interface AppResource {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** `Synced`, `OutOfSync`, `Unknown` */
  readonly sync: string;
  readonly health: string;
  readonly message: string;
  readonly wave: number;
  readonly hook: boolean;
  readonly prune: boolean;
}

export interface Deployed {
  readonly id: number;
  readonly revision: string;
  readonly at: string;
  readonly by: string;
  readonly source: Source | undefined;
}

/** An Application as Argo CD's API gives it, with what the tools need of it at hand. */
export interface App {
  readonly name: string;
  readonly namespace: string;
  readonly project: string;
  readonly sources: readonly Source[];
  readonly destination: string;
  readonly sync: string;
  /** The commit that it was compared with last. */
  readonly revision: string;
  readonly health: string;
  readonly healthMessage: string;
  readonly auto: { readonly on: boolean; readonly prune: boolean; readonly selfHeal: boolean };
  readonly options: readonly string[];
  readonly conditions: readonly { readonly type: string; readonly message: string }[];
  readonly operation: Operation | undefined;
  /** When it was asked to go; it stays until its finalizers are done. */
  readonly deletedAt: string | undefined;
  readonly resources: readonly AppResource[];
  /** The newest first. */
  readonly history: readonly Deployed[];
  readonly raw: Record<string, unknown>;
}

/** What a call on an application acts on, for policy. */
export function targetOf({ name, namespace }: AppRef, facts?: Facts): Target {
  return { kind: APPLICATION, name, ...(namespace && { namespace }), ...(facts && { facts }) };
}

/** `Deployment/web in shop` */
export function describeResource({ kind, name, namespace }: Pick<AppResource, 'kind' | 'name' | 'namespace'>): string {
  return `${kind}/${name}${namespace === '' ? '' : ` in ${namespace}`}`;
}

/** `repo path (revision)`, for a person who looks for the place to change. */
export function describeSource({ repo, path, revision }: Source): string {
  return `${repo} path ${path} (${revision})`;
}
