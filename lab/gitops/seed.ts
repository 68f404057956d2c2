import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { manifest } from '../manifests.ts';
import type { Api } from './api.ts';
import { REPOSITORY } from './names.ts';
import { base64, commit, repositoryUrl } from './repository.ts';

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
    await commit(api, message, await Promise.all(changes), { at: new Date(Date.now() - hoursAgo * HOUR_MS) });
  }
}

/** The paths of all files below a folder. */
async function readTree(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => relative(root, join(entry.parentPath, entry.name))).sort();
}
