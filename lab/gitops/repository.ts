import { z } from 'zod';
import type { Api } from './api.ts';
import { OWNER, REPOSITORY } from './names.ts';

const CONTENTS = `/repos/${OWNER}/${REPOSITORY}/contents`;

/** The address by which Argo CD and the repository's own Applications name it. */
export const repositoryUrl = (giteaUrl: string) => `${giteaUrl}/${OWNER}/${REPOSITORY}.git`;

export const base64 = (text: string) => Buffer.from(text).toString('base64');

interface CommitOptions {
  readonly author?: string;
  readonly at?: Date;
}

const made = z.object({ commit: z.object({ sha: z.string() }) });

/** One commit on main, of any number of files, and its SHA. */
export async function commit(
  api: Api,
  message: string,
  files: readonly object[],
  { author = 'Lab', at = new Date() }: CommitOptions = {},
): Promise<string> {
  const person = { name: author, email: `${author.toLowerCase()}@example.invalid` };
  const dates = { author: at.toISOString(), committer: at.toISOString() };
  const body = { branch: 'main', message, files, author: person, committer: person, dates };
  return made.parse(await api.call('POST', CONTENTS, body)).commit.sha;
}

/** A text in a file of the repository that becomes another. */
export interface Edit {
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

const contents = z.object({ sha: z.string(), content: z.string() });

/** Commits these edits as one, as far as they are not made yet, and returns the SHA; undefined when there is none to make. */
export async function commitEdits(api: Api, message: string, edits: readonly Edit[], author?: string) {
  const files: object[] = [];
  for (const { path, from, to } of edits) {
    const { sha, content } = contents.parse(await api.call('GET', `${CONTENTS}/${path}`));
    const text = Buffer.from(content, 'base64').toString('utf8');
    const changed = text.replaceAll(from, to);
    if (changed !== text) files.push({ operation: 'update', path, sha, content: base64(changed) });
  }
  return files.length === 0 ? undefined : commit(api, message, files, author === undefined ? {} : { author });
}

const entries = z.array(z.object({ path: z.string() }));
const ADDRESS = /http:\/\/127\.0\.0\.1:\d+(?=\/)/;

/** Gitea's port is another one than before: the Applications in the repository name the repository by its address. */
export async function moveRepository(api: Api, giteaUrl: string): Promise<void> {
  const listed = entries.parse(await api.call('GET', `${CONTENTS}/platform`));
  const edits: Edit[] = [];
  for (const { path } of listed) {
    const { content } = contents.parse(await api.call('GET', `${CONTENTS}/${path}`));
    const from = ADDRESS.exec(Buffer.from(content, 'base64').toString('utf8'))?.[0];
    if (from !== undefined) edits.push({ path, from, to: giteaUrl });
  }
  await commitEdits(api, 'Follow Gitea to its new port\n', edits);
}
