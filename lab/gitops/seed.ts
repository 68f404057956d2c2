import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { manifest } from '../manifests.ts';
import type { Api } from './api.ts';
import { OWNER, REPOSITORY } from './names.ts';

const ROOT = manifest('gitops');
const HOUR_MS = 3_600_000;

/** The history that a new repository begins with: what each commit brings, and how many hours ago. */
const HISTORY = [
  { message: 'Add web and the way this repository is laid out', paths: ['README.md', 'apps/web'], hoursAgo: 190 },
  { message: 'Add shop, with one overlay for each place it runs in', paths: ['apps/shop'], hoursAgo: 140 },
  { message: 'Add orders, and migrate its database before each release', paths: ['apps/orders'], hoursAgo: 95 },
  { message: 'Add the platform: a cache, and a queue with a volume', paths: ['platform', 'components'], hoursAgo: 60 },
  { message: 'Give each team a folder', paths: ['teams'], hoursAgo: 26 },
];

/** The address by which the repository's own Applications name it. */
export const repositoryUrl = (giteaUrl: string) => `${giteaUrl}/${OWNER}/${REPOSITORY}.git`;

export async function seedRepository(api: Api, giteaUrl: string): Promise<void> {
  await api.call('POST', '/user/repos', { name: REPOSITORY, private: true, default_branch: 'main' });
  const files = await readTree(ROOT);
  for (const { message, paths, hoursAgo } of HISTORY) {
    const chosen = files.filter((file) => paths.some((path) => file === path || file.startsWith(`${path}/`)));
    const changes = chosen.map(async (path) => ({
      operation: 'create',
      path,
      content: base64((await readFile(join(ROOT, path), 'utf8')).replaceAll('REPOSITORY_URL', repositoryUrl(giteaUrl))),
    }));
    await commit(api, message, await Promise.all(changes), new Date(Date.now() - hoursAgo * HOUR_MS));
  }
}

const contents = z.object({ sha: z.string(), content: z.string() });

/** Gitea's port is another one than before: the Applications in the repository name the repository by its address. */
export async function moveRepository(api: Api, giteaUrl: string): Promise<void> {
  const files = [];
  for (const path of (await readTree(ROOT)).filter((file) => file.startsWith('platform/'))) {
    const where = `/repos/${OWNER}/${REPOSITORY}/contents/${path}`;
    if (!(await api.has(where))) continue;
    const { sha, content } = contents.parse(await api.call('GET', where));
    const text = Buffer.from(content, 'base64').toString('utf8');
    const moved = text.replaceAll(/http:\/\/127\.0\.0\.1:\d+\/\S+?\.git/g, repositoryUrl(giteaUrl));
    if (moved !== text) files.push({ operation: 'update', path, sha, content: base64(moved) });
  }
  if (files.length > 0) await commit(api, 'Follow Gitea to its new port', files, new Date());
}

/** One commit on main, of any number of files. */
export async function commit(api: Api, message: string, files: readonly object[], at?: Date): Promise<void> {
  const dates = at === undefined ? {} : { dates: { author: at.toISOString(), committer: at.toISOString() } };
  const author = { name: 'Lab', email: `${OWNER}@example.invalid` };
  const body = { branch: 'main', message, files, author, committer: author, ...dates };
  await api.call('POST', `/repos/${OWNER}/${REPOSITORY}/contents`, body);
}

async function readTree(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => relative(root, join(entry.parentPath, entry.name))).sort();
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
