import { z } from 'zod';
import { path } from '../../../shared/http/path.ts';
import { arrayAt, stringAt } from '../../../shared/kernel/json.ts';
import { count, renderTable } from '../../../shared/kernel/text.ts';
import { REPOSITORY } from '../api.ts';
import { giteaTool } from '../deps.ts';

export const listRepos = giteaTool({
  name: 'list_repos',
  summary: 'List repositories that this account can read.',
  verb: 'list',
  effect: 'read',
  input: z.strictObject({ search: z.string().min(1).max(100).optional().describe('Only names that contain this.') }),
  target: () => [{ kind: REPOSITORY }],
  run: async ({ search }, { gitea }, signal) => {
    const query = { limit: 50, ...(search !== undefined && { q: search }) };
    const answer = await gitea.get({ path: path`/api/v1/repos/search`, query, what: 'repositories' }, signal);
    const rows = arrayAt(answer, 'data').map((repo) => [
      stringAt(repo, 'full_name') ?? '',
      stringAt(repo, 'default_branch') ?? '',
    ]);
    return {
      text: count(rows.length, 'repository', 'repositories'),
      data: renderTable(['REPO', 'DEFAULT BRANCH'], rows),
    };
  },
});
