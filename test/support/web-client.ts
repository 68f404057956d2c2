export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A browser without a screen: keeps cookies by host and port, follows redirects, sends forms with their hidden fields. */
export class WebClient {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** One request; redirects are not followed. */
  async get(url: string, init: RequestInit = {}): Promise<Page> {
    const jar = this.#jar(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { ...init.headers, cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return { url, status: response.status, headers: response.headers, text: await response.text() };
  }

  async follow(url: string, init?: RequestInit): Promise<Page> {
    const page = await this.get(url, init);
    const location = page.headers.get('location');
    return location === null ? page : this.follow(new URL(location, url).href);
  }

  async submit(page: Page, action: string, fields: Readonly<Record<string, string>>): Promise<Page> {
    const { origin } = new URL(page.url);
    const body = new URLSearchParams({ ...hiddenFields(page.text), ...fields });
    return this.follow(new URL(action, origin).href, { method: 'POST', body, headers: { origin } });
  }

  #jar(url: string): Map<string, string> {
    const { host } = new URL(url);
    const jar = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, jar);
    return jar;
  }
}

function hiddenFields(html: string): Record<string, string> {
  const inputs = html.matchAll(/<input[^>]*type="hidden"[^>]*>/g);
  return Object.fromEntries(
    [...inputs].map(([input]) => [attribute(input, 'name'), attribute(input, 'value').replaceAll('&amp;', '&')]),
  );
}

function attribute(tag: string, name: string): string {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
}
