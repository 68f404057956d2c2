/** A resource type under all of its spellings, from API discovery. */
export interface Kind {
  /** `Deployment` */
  readonly kind: string;
  /** `apps`; empty for the core group. */
  readonly group: string;
  /** Every spelling that means this type, in lower case: plural, singular, kind, short names. */
  readonly names: readonly string[];
}

/** What Argo CD says of an object that it owns. */
export interface GitOpsOwner {
  readonly app: string;
  /** Argo CD reverts a live change by itself (`syncPolicy.automated.selfHeal`). */
  readonly selfHeal: boolean;
  readonly repo: string;
  readonly path: string;
  readonly revision: string;
  /** Where to make the change instead, when it is no path of a repository. */
  readonly instead?: string;
}

/** What the server found out about a target and policy has to know. Never taken from a model's argument. */
export interface Facts {
  readonly gitops?: GitOpsOwner;
  /** Why a floor forbids this, in our words: no configuration lowers a floor. */
  readonly floor?: string;
  /** What no configuration makes safe, as rights (RBAC): a person always decides. */
  readonly minimumTier?: 'confirm';
}

/** One thing that a call would do: resolved from typed input, never from a command line. */
export interface Action {
  readonly server: string;
  /** A verb of `policy/verbs.ts`, in its canonical spelling. */
  readonly verb: string;
  readonly kind?: Kind;
  readonly namespace?: string;
  readonly name?: string;
  readonly facts?: Facts;
}

/** `scale Deployment/web in shop` */
export function describeAction(action: Action): string {
  const kind = action.kind?.kind;
  const target = [kind, action.name].filter((part) => part !== undefined).join('/');
  return [action.verb, target, action.namespace && `in ${action.namespace}`].filter(Boolean).join(' ');
}

/**
 * Whether any of these touches a Secret: then the call's input may hold its data.
 * A call that failed before anybody knew what it is about may be about one, too.
 */
export function aboutSecret(actions: readonly Action[]): boolean {
  return actions.length === 0 || actions.some(({ kind }) => kind?.kind === 'Secret' && kind.group === '');
}
