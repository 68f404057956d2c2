import type { Context } from 'hono';
import type { ControlPlane } from '../../shared/control-plane/ports.ts';
import type { Clock } from '../../shared/kernel/clock.ts';

/** What the pages read. They write nothing: their forms post to the API. */
export interface PagesDeps extends Pick<ControlPlane, 'approvals' | 'runs' | 'actions' | 'inbox' | 'board'> {
  readonly clock: Clock;
  /** The person who has signed in; undefined where nobody has. */
  readonly currentUser: (c: Context) => { readonly name: string } | undefined;
  /** Goes into every form; the server refuses a post without it. */
  readonly csrfToken: (c: Context) => string;
  /** Where a sign-in with an identity provider begins, and what its button calls the provider. */
  readonly oidc?: { readonly name: string; readonly href: string };
}
