import { z } from 'zod';
import { path } from '../../../shared/http/path.ts';
import { arrayAt, stringAt } from '../../../shared/kernel/json.ts';
import { count, oneLine, renderTable } from '../../../shared/kernel/text.ts';
import { REPOSITORY } from '../api.ts';
import { argocdTool } from '../deps.ts';

export const listRepos = argocdTool({
  name: 'list_repos',
  summary: 'List the repositories that Argo CD knows, and their connection.',
  verb: 'list',
  effect: 'read',
  input: z.strictObject({}),
  target: () => [{ kind: REPOSITORY }],
  run: async (_, { argocd }, signal) => {
    const list = await argocd.get({ path: path`/api/v1/repositories`, what: 'repositories' }, signal);
    const rows = arrayAt(list, 'items').map((repo) => [
      stringAt(repo, 'repo') ?? '',
      stringAt(repo, 'type') || 'git',
      stringAt(repo, 'project') || '-',
      stringAt(repo, 'connectionState', 'status') ?? 'Unknown',
      oneLine(stringAt(repo, 'connectionState', 'message') ?? '', 160),
    ]);
    const text = `${count(rows.length, 'repository', 'repositories')}.`;
    return rows.length === 0
      ? { text }
      : { text, data: renderTable(['REPOSITORY', 'TYPE', 'PROJECT', 'STATUS', 'MESSAGE'], rows) };
  },
});
