import type { RequestOptions } from 'node:https';

/** A server that is spoken to over HTTP, and how to sign in to it. */
export interface Endpoint {
  /** Its address; a path in it stands before every request's own. */
  readonly server: URL;
  /** What errors call it: `the API server 10.0.0.1:6443 (context home)`, `Argo CD at argocd.lan`. */
  readonly label: string;
  /** What a person checks when it does not answer, and when its certificate is not trusted. */
  readonly hints: { readonly unreachable: string; readonly untrusted: string };
  /** TLS material, credentials and the keep-alive agent for one request. `renew` asks for new credentials after a 401. */
  options(renew: boolean): Promise<RequestOptions>;
}
