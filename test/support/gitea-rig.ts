import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { DIALECT } from '../../servers/gitea/api.ts';
import { giteaToolset } from '../../servers/gitea/toolset.ts';
import type { Cluster } from '../../shared/cluster/cluster.ts';
import { openBackend } from '../../shared/http/backend.ts';
import { Rest } from '../../shared/http/rest.ts';
import { type ToolRig, toolRig } from './tool-rig.ts';

/** A Gitea of the lab, and who to be there. */
export interface GiteaAccess {
  readonly url: string;
  readonly tokenFile: string;
}

/** The gitea server's tools behind the real gate. */
export function giteaRig({ url, tokenFile }: GiteaAccess, cluster?: Cluster, autonomy?: unknown): ToolRig {
  const settings = { name: 'Gitea', url, token: { file: tokenFile }, insecure: false, howToSet: 'Set it.' };
  const gitea = new Rest(() => openBackend(settings), DIALECT);
  return toolRig((ports) => giteaToolset({ gitea, cluster: async () => cluster }, ports), autonomy);
}

/** Talks to Gitea as a person would in its pages, past our tools. */
export class GiteaPerson {
  readonly #access: GiteaAccess;

  constructor(access: GiteaAccess) {
    this.#access = access;
  }

  async send(method: string, path: string, body?: object): Promise<unknown> {
    const token = (await readFile(this.#access.tokenFile, 'utf8')).trim();
    const response = await fetch(`${this.#access.url}/api/v1${path}`, {
      method,
      headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text;
  }

  /** A repository of one test's own with these files on `main`; returns `owner/name`. */
  async repo(files: Readonly<Record<string, string>>): Promise<string> {
    const name = `test-${randomBytes(4).toString('hex')}`;
    const made = await this.send('POST', '/user/repos', { name, auto_init: true, default_branch: 'main' });
    const full = String(Object(made).full_name);
    await this.commit(full, 'the start', files);
    return full;
  }

  /** Commits files to a branch, whatever they were before; null deletes one. Returns the commit's id. */
  async commit(
    repo: string,
    message: string,
    files: Readonly<Record<string, string | null>>,
    branch = 'main',
  ): Promise<string> {
    const operations = Object.entries(files).map(async ([path, content]) => {
      const known = await this.send('GET', `/repos/${repo}/contents/${path}?ref=${branch}`).catch(() => undefined);
      const sha = known === undefined ? {} : { sha: Object(known).sha };
      const operation = content === null ? 'delete' : known === undefined ? 'create' : 'update';
      return { operation, path, ...sha, ...(content !== null && { content: Buffer.from(content).toString('base64') }) };
    });
    const body = { branch, message, files: await Promise.all(operations) };
    return String(Object(Object(await this.send('POST', `/repos/${repo}/contents`, body)).commit).sha);
  }

  async read(repo: string, path: string, branch = 'main'): Promise<string> {
    return String(await this.send('GET', `/repos/${repo}/raw/${path}?ref=${branch}`));
  }
}

/**
 * Stands before a Gitea and lets `first` happen right before the first request that it is asked about goes on. A status
 * that `first` returns is the answer to it.
 */
export async function giteaBehind(
  access: GiteaAccess,
  isIt: (method: string, path: string) => boolean,
  first: () => Promise<unknown>,
): Promise<GiteaAccess> {
  let waiting = true;
  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '/' } = request;
    const body = await buffer(request);
    if (waiting && isIt(method, url)) {
      waiting = false;
      const status = await first();
      if (typeof status === 'number') return response.writeHead(status).end('{}');
    }
    const headers = { authorization: request.headers.authorization ?? '', 'content-type': 'application/json' };
    const answer = await fetch(`${access.url}${url}`, { method, headers, ...(body.length > 0 && { body }) });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    return response.end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { ...access, url: `http://127.0.0.1:${address.port}` };
}
