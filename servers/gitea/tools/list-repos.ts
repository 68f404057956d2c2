import { z } from 'zod';
import { path } from '../../../shared/http/path.ts';
import { arrayAt, at, numberAt, stringAt } from '../../../shared/kernel/json.ts';
import { count, oneLine, renderTable } from '../../../shared/kernel/text.ts';
import { REPOSITORY } from '../api.ts';
import { giteaTool } from '../deps.ts';
import { page, text } from '../params.ts';

const PAGE = 30;

export const listRepos = giteaTool({
  name: 'list_repos',
  summary: 'List the repositories that this account can read.',
  verb: 'list',
  effect: 'read',
  input: z.strictObject({ search: text(100).optional().describe('Only names that contain this.'), page }),
  target: () => [{ kind: REPOSITORY }],
  run: async ({ search, page }, { gitea }, signal) => {
    const query = { limit: PAGE, page, ...(search !== undefined && { q: search }) };
    const answer = await gitea.get({ path: path`/api/v1/repos/search`, query, what: 'repositories' }, signal);
    const repos = arrayAt(answer, 'data');
    const rows = repos.map((repo) => [
      stringAt(repo, 'full_name') ?? '',
      stringAt(repo, 'default_branch') ?? '',
      accessOf(repo),
      String(numberAt(repo, 'open_pr_counter') ?? 0),
      oneLine(stringAt(repo, 'description') ?? '', 80),
    ]);
    const more = repos.length === PAGE ? ` More: page=${page + 1}.` : '';
    const said = `${count(rows.length, 'repository', 'repositories')}.${more}`;
    if (rows.length === 0) return { text: said };
    return { text: said, data: renderTable(['REPOSITORY', 'BRANCH', 'ACCESS', 'OPEN PULLS', 'DESCRIPTION'], rows) };
  },
});

function accessOf(repo: unknown): string {
  if (at(repo, 'archived') === true) return 'archived';
  return at(repo, 'permissions', 'push') === true ? 'write' : 'read';
}
