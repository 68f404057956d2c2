import { z } from 'zod';
import type { Rest } from '../../../shared/http/rest.ts';
import { count, renderTable } from '../../../shared/kernel/text.ts';
import { below, COMMIT } from '../api.ts';
import { commitAt } from '../branches.ts';
import { giteaTool } from '../deps.ts';
import { asCommit, COMMIT_HEADER, type Commit, commitRows } from '../history.ts';
import { filePath, page, ref, repo, text } from '../params.ts';

export const listCommits = giteaTool({
  name: 'list_commits',
  summary: 'List commits, the newest first.',
  verb: 'list',
  effect: 'read',
  input: z.strictObject({
    repo,
    ref,
    path: filePath.optional().describe('Only what touches this file or folder.'),
    author: text(100).optional().describe('Part of the author’s name.'),
    since: z
      .string()
      .refine((value) => /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value)), 'not an RFC 3339 time')
      .optional()
      .describe('Not older: 2026-11-24T06:00:00Z.'),
    limit: z.int().min(1).max(50).default(20).describe('Commits a page.'),
    page,
  }),
  target: ({ repo }) => [{ kind: COMMIT, namespace: repo }],
  run: async ({ repo, ref, path, author, since, limit, page }, { gitea }, signal) => {
    const sha = await commitAt(gitea, repo, ref, signal);
    const find = { sha, path, since, author, limit, page };
    const { commits, next } = await commitsOf(gitea, repo, find, signal);
    const more = next === undefined ? '' : ` More: page=${next}.`;
    const text = `${count(commits.length, 'commit')}.${more}`;
    return commits.length === 0 ? { text } : { text, data: renderTable(COMMIT_HEADER, commitRows(commits)) };
  },
});

/** Gitea cannot look for an author, so whole pages are read until there are enough; so many at most. */
const MAX_PAGES = 10;

interface Find {
  readonly sha: string;
  readonly path: string | undefined;
  readonly since: string | undefined;
  readonly author: string | undefined;
  readonly limit: number;
  readonly page: number;
}

async function commitsOf(gitea: Rest, repo: string, find: Find, signal: AbortSignal) {
  const { author, page, limit, ...wanted } = find;
  const size = author === undefined ? limit : 50;
  const found: Commit[] = [];
  for (let at = page; ; at += 1) {
    const query = { ...wanted, limit: size, page: at, stat: false, verification: false, files: false };
    const list = await gitea.get({ path: below(repo, '/commits'), query, what: `commits of ${repo}` }, signal);
    const commits = Array.isArray(list) ? list.map(asCommit) : [];
    found.push(...commits.filter((commit) => commit.author.toLowerCase().includes((author ?? '').toLowerCase())));
    const isLast = commits.length < size;
    if (isLast || found.length >= limit || at >= page + MAX_PAGES)
      return { commits: found, next: isLast ? undefined : at + 1 };
  }
}
