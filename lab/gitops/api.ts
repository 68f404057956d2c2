import { readFile } from 'node:fs/promises';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { LabView } from '../component.ts';
import { secretFile } from '../secrets.ts';

const TIMEOUT_MS = 30_000;

/** How to sign in: the value of an Authorization header, or nothing. */
type Authorization = string | undefined;

/** A JSON API of the lab. `path` begins with a slash. Throws an OpsError that says what was answered. */
export class Api {
  readonly #base: string;
  readonly #authorization: Authorization;

  constructor(base: string, authorization?: string) {
    this.#base = base;
    this.#authorization = authorization;
  }

  async call(method: string, path: string, body?: object): Promise<unknown> {
    const response = await this.#send(method, path, body);
    const text = await response.text();
    if (response.ok) return text === '' ? undefined : JSON.parse(text);
    throw new OpsError(
      'rejected_by_backend',
      `${method} ${path} of the lab's ${this.#base} was answered with ${response.status}: ${text.slice(0, 300)}`,
      'See what `npm run lab -- status` says of the lab.',
    );
  }

  /** Whether a thing is there. */
  async has(path: string): Promise<boolean> {
    const response = await this.#send('GET', path);
    await response.text();
    return response.ok;
  }

  #send(method: string, path: string, body?: object): Promise<Response> {
    return fetch(this.#base + path, {
      method,
      headers: {
        'Content-Type': 'application/json',
        ...(this.#authorization !== undefined && { Authorization: this.#authorization }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }
}

export const giteaUrl = ({ ports }: Pick<LabView, 'ports'>) => `http://127.0.0.1:${ports.gitea}`;
export const argocdUrl = ({ ports }: Pick<LabView, 'ports'>) => `http://127.0.0.1:${ports['argocd-server']}`;

/** Files that hold a token, each for its owner only. */
export const tokenFile = {
  gitea: (lab: Pick<LabView, 'path'>) => secretFile(lab, 'gitea.token'),
  giteaViewer: (lab: Pick<LabView, 'path'>) => secretFile(lab, 'gitea-viewer.token'),
  argocd: (lab: Pick<LabView, 'path'>) => secretFile(lab, 'argocd.token'),
  argocdViewer: (lab: Pick<LabView, 'path'>) => secretFile(lab, 'argocd-viewer.token'),
};

/** Gitea's API as the owner of the repository. */
export async function giteaApi(lab: Pick<LabView, 'path' | 'ports'>): Promise<Api> {
  return new Api(`${giteaUrl(lab)}/api/v1`, `token ${await readFile(tokenFile.gitea(lab), 'utf8')}`);
}

/** Argo CD's API as the account that may do all. */
export async function argocdApi(lab: Pick<LabView, 'path' | 'ports'>): Promise<Api> {
  return new Api(`${argocdUrl(lab)}/api/v1`, `Bearer ${await readFile(tokenFile.argocd(lab), 'utf8')}`);
}
