import type { PagesDeps } from './deps.ts';

/** Why somebody is asked again. The server sends the key; a key that is not here says nothing. */
const PROBLEMS: Readonly<Record<string, string>> = {
  wrong: 'That name and password do not belong together.',
  limited: 'Too many tries. Wait a few minutes and try again.',
  expired: 'Your session has ended. Sign in again.',
  provider: 'The identity provider did not sign you in.',
  forbidden: 'You are known, but not as somebody who may approve.',
};

interface LoginProps {
  readonly csrf: string;
  readonly problem: string | undefined;
  readonly oidc: PagesDeps['oidc'];
}

export function LoginView({ csrf, problem, oidc }: LoginProps) {
  const text = problem !== undefined && Object.hasOwn(PROBLEMS, problem) ? PROBLEMS[problem] : undefined;
  return (
    <div class="login">
      <h1>Sign in</h1>
      {text && (
        <p class="note bad" role="alert">
          {text}
        </p>
      )}
      <form method="post" action="/login">
        <input type="hidden" name="csrf" value={csrf} />
        <div class="field">
          <label for="name">Name</label>
          <input id="name" name="name" autocomplete="username" required />
        </div>
        <div class="field">
          <label for="password">Password</label>
          <input id="password" name="password" type="password" autocomplete="current-password" required />
        </div>
        <button type="submit">Sign in</button>
      </form>
      {oidc && (
        <p>
          <a class="button" href={oidc.href}>
            Sign in with {oidc.name}
          </a>
        </p>
      )}
    </div>
  );
}
