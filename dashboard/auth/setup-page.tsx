import type { Clock } from '../../shared/kernel/clock.ts';
import type { OpsError } from '../../shared/kernel/errors.ts';
import { Layout } from '../views/layout.tsx';
import { MIN_LENGTH } from './users.ts';

/** Where a one-time link leads: a person chooses how to sign in. `link`: what it is for; undefined when it is used up. */
export function setupPage(
  { clock }: { readonly clock: Clock },
  link: { readonly name?: string | undefined } | undefined,
  problem?: OpsError,
): Response {
  const page = (
    <Layout title="Set up" topics={[]} now={clock.now()} csrf="">
      <div class="login">
        <h1>Set up your login</h1>
        {problem && (
          <p class="note bad" role="alert">
            {problem.message} {problem.hint}
          </p>
        )}
        {link ? <Form name={link.name} /> : <UsedUp />}
      </div>
    </Layout>
  );
  return new Response(`<!doctype html>${page}`, {
    status: problem || link === undefined ? 403 : 200,
    headers: { 'content-type': 'text/html; charset=utf-8' },
  });
}

function Form({ name }: { name: string | undefined }) {
  return (
    <form method="post">
      <div class="field">
        <label for="name">Name</label>
        <input id="name" name="name" autocomplete="username" required value={name} readonly={name !== undefined} />
      </div>
      <div class="field">
        <label for="password">Password (at least {MIN_LENGTH} characters)</label>
        <input
          id="password"
          name="password"
          type="password"
          autocomplete="new-password"
          minlength={MIN_LENGTH}
          required
        />
      </div>
      <button type="submit">Save and sign in</button>
    </form>
  );
}

function UsedUp() {
  return (
    <p class="note">
      This link does not count any more. Make a new one where the dashboard runs:{' '}
      <span class="mono">k8s-agent dashboard link</span>
    </p>
  );
}
