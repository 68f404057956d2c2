import { readFile } from 'node:fs/promises';
import type { WholeLabInfo } from '../../lab/index.ts';
import { GiteaPerson } from './gitea-rig.ts';

/** An application of one test's own: its repository, and its name, which is its namespace's, too. */
export interface GitopsApp {
  readonly repo: string;
  readonly url: string;
  readonly name: string;
}

/** Talks to Argo CD as a person would in its pages, past our tools. */
export class ArgocdPerson {
  readonly #lab: WholeLabInfo;

  constructor(lab: WholeLabInfo) {
    this.#lab = lab;
  }

  async send(method: string, path: string, body?: object): Promise<unknown> {
    const { url, tokenFile } = this.#lab.argocd;
    const token = (await readFile(tokenFile, 'utf8')).trim();
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  /** Lets Argo CD read every repository of the lab's Gitea. */
  async knowGitea(): Promise<void> {
    const { url, user, passwordFile } = this.#lab.gitea;
    const password = (await readFile(passwordFile, 'utf8')).trim();
    await this.send('POST', '/repocreds?upsert=true', { url, username: user, password });
  }

  /** Makes a repository with these files, and an application of its folder `app`. */
  async app(files: Readonly<Record<string, string>>, syncPolicy: object = {}): Promise<GitopsApp> {
    const repo = await new GiteaPerson(this.#lab.gitea).repo(files);
    const name = repo.split('/')[1] ?? '';
    const url = `${this.#lab.gitea.url}/${repo}.git`;
    await this.send('POST', '/applications', {
      metadata: { name },
      spec: {
        project: 'default',
        source: { repoURL: url, path: 'app', targetRevision: 'main' },
        destination: { server: 'https://kubernetes.default.svc', namespace: name },
        syncPolicy: { syncOptions: ['CreateNamespace=true'], ...syncPolicy },
      },
    });
    return { repo, url, name };
  }

  /** Forgets applications; what they deployed stays. */
  async forget(...names: string[]): Promise<void> {
    for (const name of names) await this.send('DELETE', `/applications/${name}?cascade=false`).catch(() => undefined);
  }
}
