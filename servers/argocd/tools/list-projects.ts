import { z } from 'zod';
import { path } from '../../../shared/http/path.ts';
import { arrayAt, stringAt } from '../../../shared/kernel/json.ts';
import { count, oneLine, renderTable } from '../../../shared/kernel/text.ts';
import { PROJECT } from '../api.ts';
import { argocdTool } from '../deps.ts';

export const listProjects = argocdTool({
  name: 'list_projects',
  summary: 'List projects and what each allows: repositories, destinations, cluster-wide kinds.',
  verb: 'list',
  effect: 'read',
  input: z.strictObject({}),
  target: () => [{ kind: PROJECT }],
  run: async (_, { argocd }, signal) => {
    const list = await argocd.get({ path: path`/api/v1/projects`, what: 'projects' }, signal);
    const rows = arrayAt(list, 'items').map((project) => [
      stringAt(project, 'metadata', 'name') ?? '',
      texts(arrayAt(project, 'spec', 'sourceRepos').map(String)),
      texts(
        arrayAt(project, 'spec', 'destinations').map(
          (one) => `${stringAt(one, 'namespace') ?? '*'}@${stringAt(one, 'name') || stringAt(one, 'server') || '*'}`,
        ),
      ),
      texts(
        arrayAt(project, 'spec', 'clusterResourceWhitelist').map(
          (one) => `${stringAt(one, 'group') || 'core'}/${stringAt(one, 'kind')}`,
        ),
      ),
    ]);
    return {
      text: `${count(rows.length, 'project')}.`,
      data: renderTable(['PROJECT', 'REPOSITORIES', 'DESTINATIONS', 'CLUSTER-WIDE'], rows),
    };
  },
});

function texts(values: readonly string[]): string {
  return oneLine(values.join(', '), 120) || '-';
}
