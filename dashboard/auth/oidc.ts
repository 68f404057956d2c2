import type { Documents } from '../../shared/control-plane/ports.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { sha256 } from '../../shared/kernel/digest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { stringAt } from '../../shared/kernel/json.ts';
import { once } from '../../shared/kernel/once.ts';

export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: () => Promise<string>;
  /** Who may approve: `preferred_username`, or `sub:` and the `sub`. `*`: everybody whom the issuer signs in. */
  readonly approvers: readonly string[];
}

const KIND = 'oidc';
/** Milliseconds that a person has for the login at the provider. */
const LIFE = 10 * 60_000;
const SCOPE = 'openid profile';

/** Login by the authorization code flow with PKCE, state and nonce. openid-client is loaded with the first one. */
export class Oidc {
  readonly #settings: OidcSettings;
  readonly #callback: string;
  readonly #documents: Documents;
  readonly #clock: Clock;

  constructor(settings: OidcSettings, callback: string, documents: Documents, clock: Clock) {
    this.#settings = settings;
    this.#callback = callback;
    this.#documents = documents;
    this.#clock = clock;
  }

  /** Where to send the browser, and the state that has to come back from the same browser. */
  async begin(): Promise<{ readonly url: string; readonly state: string }> {
    const client = await this.#client();
    const { buildAuthorizationUrl, calculatePKCECodeChallenge, randomNonce, randomPKCECodeVerifier, randomState } =
      client.library;
    const [verifier, nonce, state] = [randomPKCECodeVerifier(), randomNonce(), randomState()];
    await this.#documents.put(KIND, sha256(state), { verifier, nonce }, this.#clock.now() + LIFE);
    const url = buildAuthorizationUrl(client.configuration, {
      redirect_uri: this.#callback,
      scope: SCOPE,
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, state };
  }

  /** The name of the person who comes back; undefined where they may not approve. Throws where the provider says no. */
  async finish(query: string, state: string): Promise<string | undefined> {
    const kept = await this.#documents.take(KIND, sha256(state), this.#clock.now());
    const [pkceCodeVerifier, expectedNonce] = [stringAt(kept, 'verifier'), stringAt(kept, 'nonce')];
    if (pkceCodeVerifier === undefined || expectedNonce === undefined)
      throw new OpsError('forbidden', 'This login is too old, or was used.', 'Sign in again.');
    const { library, configuration } = await this.#client();
    const checks = { pkceCodeVerifier, expectedNonce, expectedState: state, idTokenExpected: true };
    const tokens = await library.authorizationCodeGrant(configuration, new URL(`${this.#callback}?${query}`), checks);
    const claims = tokens.claims();
    const [sub, username] = [stringAt(claims, 'sub'), stringAt(claims, 'preferred_username')];
    return isApprover(this.#settings.approvers, sub, username) ? `oidc:${username || sub}` : undefined;
  }

  /** Asks the issuer what it can do, once; an issuer that is down is asked again with the next login. */
  readonly #client = once(async () => {
    const { issuer, clientId, clientSecret } = this.#settings;
    const library = await import('openid-client');
    const url = new URL(issuer);
    // Plain http is for a provider on this machine or in this cluster; whoever names it has chosen it.
    const execute = url.protocol === 'http:' ? [library.allowInsecureRequests] : [];
    const configuration = await library.discovery(url, clientId, await clientSecret(), undefined, { execute });
    return { library, configuration };
  });
}

/** A name is never taken for a `sub`: where these are numbers, as with Gitea, people may call themselves like one. */
export function isApprover(
  approvers: readonly string[],
  sub: string | undefined,
  username: string | undefined,
): boolean {
  const names = [...(username && !username.startsWith('sub:') ? [username] : []), ...(sub ? [`sub:${sub}`] : [])];
  return approvers.includes('*') || names.some((name) => approvers.includes(name));
}
