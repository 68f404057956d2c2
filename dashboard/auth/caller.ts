import type { Context } from 'hono';
import type { Role } from '../../shared/control-plane/api.ts';
import { OpsError } from '../../shared/kernel/errors.ts';

/** Who a request comes from. */
export type Caller =
  | { readonly kind: 'person'; readonly name: string; readonly csrf: string }
  /** `id` is that of the token. */
  | { readonly kind: 'agent' | 'daemon'; readonly id: string; readonly name: string }
  | { readonly kind: 'alertmanager' };

const MAY: Readonly<Record<Role, readonly Caller['kind'][]>> = {
  agent: ['agent', 'daemon'],
  daemon: ['daemon'],
  approver: ['person'],
  starter: ['person', 'daemon'],
  any: ['agent', 'daemon', 'person'],
  webhook: ['alertmanager', 'daemon'],
};

const CALLER = 'caller';

export function setCaller(c: Context, caller: Caller): void {
  c.set(CALLER, caller);
}

export function callerOf(c: Context): Caller | undefined {
  const caller: Caller | undefined = c.get(CALLER);
  return caller;
}

/** The caller, when that is one who may. */
export function demand(c: Context, role: Role): Caller {
  const caller = callerOf(c);
  if (caller === undefined) {
    throw new OpsError(
      'unauthorized',
      'This needs a login or a token.',
      'Sign in, or send “Authorization: Bearer TOKEN”. A token is made by: k8s-agent token create',
    );
  }
  if (MAY[role].includes(caller.kind)) return caller;
  throw new OpsError('forbidden', `${subject(caller)} may not do this.`, `Only ${subjects(role)} may.`);
}

function subject(caller: Caller): string {
  return NAMES[caller.kind];
}

const NAMES: Readonly<Record<Caller['kind'], string>> = {
  person: 'A person who has signed in',
  agent: 'An agent’s token',
  daemon: 'The daemon’s token',
  alertmanager: 'Alertmanager’s token',
};

function subjects(role: Role): string {
  return MAY[role].map((kind) => NAMES[kind].replace(/^(A|An|The) /, (article) => article.toLowerCase())).join(' or ');
}
