import { z } from 'zod';
import { count, renderTable } from '../../../shared/kernel/text.ts';
import { below, COMMIT } from '../api.ts';
import { giteaTool } from '../deps.ts';
import { asCommit, COMMIT_HEADER, commitRows } from '../history.ts';
import { filePath, page, ref, repo } from '../params.ts';
import { readRepo, resolveRef } from '../repository.ts';

export const listCommits = giteaTool({
  name: 'list_commits',
  summary: 'List commits, the newest first.',
  verb: 'list',
  effect: 'read',
  input: z.strictObject({
    repo,
    ref,
    path: filePath.optional().describe('Only those that touch this file or folder.'),
    since: z
      .string()
      .refine((value) => /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value)), 'not an RFC 3339 time')
      .optional()
      .describe('Not older: 2026-11-24T06:00:00Z.'),
    limit: z.int().min(1).max(50).default(20).describe('Commits a page.'),
    page,
  }),
  target: ({ repo }) => [{ kind: COMMIT, namespace: repo }],
  run: async ({ repo, ref, path, since, limit, page }, { gitea }, signal) => {
    const sha = await resolveRef(gitea, repo, ref ?? (await readRepo(gitea, repo, signal)).defaultBranch, signal);
    const query = { sha, path, since, limit, page, stat: false, verification: false, files: false };
    const list = await gitea.get({ path: below(repo, '/commits'), query, what: `commits of ${repo}` }, signal);
    const commits = Array.isArray(list) ? list.map(asCommit) : [];
    const more = commits.length === limit ? ` More: page=${page + 1}.` : '';
    const text = `${count(commits.length, 'commit')}.${more}`;
    return commits.length === 0 ? { text } : { text, data: renderTable(COMMIT_HEADER, commitRows(commits)) };
  },
});
