import type { Context } from 'hono';
import { OpsError } from '../../shared/kernel/errors.ts';

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/;

/** Paths that look at no cookie and are called under the names of a pod or a Service. */
const UNDER_ANY_NAME = ['/healthz', '/readyz', '/metrics', '/api/inbox/alertmanager'];

/** Which names and origins a browser may use; `publicUrl`: where people find the dashboard. */
export class Origins {
  readonly #publicUrl: URL;

  constructor(publicUrl: URL) {
    this.#publicUrl = publicUrl;
  }

  /**
   * A page of another name that has been made to resolve to this address (DNS rebinding) is told nothing. A token is
   * sent by programs alone, which know the dashboard by the name of its Service.
   */
  demandHost(c: Context): void {
    const host = c.req.header('host') ?? '';
    if (this.#isOurs(host) || UNDER_ANY_NAME.includes(c.req.path) || c.req.header('authorization') !== undefined)
      return;
    throw new OpsError(
      'forbidden',
      'The dashboard is not known by this name.',
      `Use ${this.#publicUrl.origin}, or set PUBLIC_URL to the address that people use.`,
    );
  }

  /** A change by a browser has to come from a page of ours. Browsers send Origin with every POST. */
  demandOrigin(c: Context): void {
    if (this.#isOurOrigin(c.req.header('origin'), c.req.header('host') ?? '')) return;
    throw new OpsError(
      'forbidden',
      'This change does not come from a page of the dashboard.',
      `Open ${this.#publicUrl.origin} and do it there.`,
    );
  }

  /** Asked for under a name that others than this machine reach. */
  isPublic(host: string): boolean {
    // Proxies pass on what the client wrote: `NAME:443` and `NAME.` lead to the same place.
    const name = host.toLowerCase().replace(/\.?(:\d*)?$/, '');
    return name === this.#publicUrl.hostname && !LOOPBACK.test(host);
  }

  #isOurOrigin(origin: string | undefined, host: string): boolean {
    if (origin === this.#publicUrl.origin) return true;
    return LOOPBACK.test(host) && origin === `http://${host}`;
  }

  #isOurs(host: string): boolean {
    return this.#isPublicUrl(host) || LOOPBACK.test(host);
  }

  #isPublicUrl(host: string): boolean {
    return host.toLowerCase() === this.#publicUrl.host;
  }
}
