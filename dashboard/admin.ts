import type { ControlPlane } from '../shared/control-plane/ports.ts';
import { type Clock, iso } from '../shared/kernel/clock.ts';
import { OpsError } from '../shared/kernel/errors.ts';
import { renderTable } from '../shared/kernel/text.ts';
import { TOKEN_ROLES, Tokens } from './auth/tokens.ts';
import { Users } from './auth/users.ts';

export interface AdminDeps {
  readonly controlPlane: ControlPlane;
  readonly clock: Clock;
  /** Where people find the dashboard, without a slash at its end. */
  readonly origin: string;
}

/** What whoever has the store may do: make logins and tokens. Each answers with what to print. */
export const admin = {
  /** `name`: a new password for that person; without one, for somebody new. */
  link: async ({ controlPlane, clock, origin }: AdminDeps, name?: string) => {
    const secret = await new Users(controlPlane.documents, clock).link({ first: false, ...(name && { name }) });
    return `Open this within an hour, once, to ${name ? `choose a new password for ${name}` : 'make a login'}:\n${origin}/setup/${secret}\n`;
  },

  createToken: async ({ controlPlane, clock }: AdminDeps, name: string, role: string) => {
    const known = TOKEN_ROLES.find((candidate) => candidate === role);
    if (known === undefined) {
      throw new OpsError('invalid_input', `“${role}” is no role of a token.`, `Roles: ${TOKEN_ROLES.join(', ')}.`);
    }
    const { id, token } = await new Tokens(controlPlane.documents, clock).create(name, known);
    return `${token}\nThis is ${id}, ${role} “${name}”. It is shown this once, and cannot approve anything.\n`;
  },

  listTokens: async ({ controlPlane, clock }: AdminDeps) => {
    const tokens = await new Tokens(controlPlane.documents, clock).list();
    if (tokens.length === 0) return 'There are no tokens.\n';
    return `${renderTable(
      ['ID', 'ROLE', 'MADE', 'NAME'],
      tokens.map(({ id, role, at, name }) => [id, role, iso(at), name]),
    )}\n`;
  },

  revokeToken: async ({ controlPlane, clock }: AdminDeps, id: string) => {
    const { name } = await new Tokens(controlPlane.documents, clock).revoke(id);
    return `${id} (“${name}”) counts no more.\n`;
  },
};
