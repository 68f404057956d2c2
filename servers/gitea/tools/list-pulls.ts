import { z } from 'zod';
import { oneLine, renderTable } from '../../../shared/kernel/text.ts';
import { below, PULL } from '../api.ts';
import { giteaTool } from '../deps.ts';
import { page, repo } from '../params.ts';
import { asPull, describeCount } from '../pulls.ts';

const PAGE = 30;

export const listPulls = giteaTool({
  name: 'list_pulls',
  summary: 'List pull requests, the newest first.',
  verb: 'list',
  effect: 'read',
  input: z.strictObject({ repo, state: z.enum(['open', 'closed', 'all']).default('open').describe('Which.'), page }),
  target: ({ repo }) => [{ kind: PULL, namespace: repo }],
  run: async ({ repo, state, page }, { gitea }, signal) => {
    const query = { state, page, limit: PAGE };
    const list = await gitea.get({ path: below(repo, '/pulls'), query, what: `pull requests of ${repo}` }, signal);
    const pulls = Array.isArray(list) ? list.map(asPull) : [];
    const more = pulls.length === PAGE ? ` More: page=${page + 1}.` : '';
    const text = `${describeCount(pulls.length)}.${more}`;
    const rows = pulls.map((pull) => [
      `#${pull.number}`,
      pull.draft ? 'draft' : pull.state,
      pull.author,
      `${pull.head.branch} → ${pull.base.branch}`,
      oneLine(pull.title, 100),
    ]);
    return rows.length === 0
      ? { text }
      : { text, data: renderTable(['PULL', 'STATE', 'AUTHOR', 'BRANCHES', 'TITLE'], rows) };
  },
});
