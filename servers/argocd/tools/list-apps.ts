import { z } from 'zod';
import { path } from '../../../shared/http/path.ts';
import { arrayAt, stringAt } from '../../../shared/kernel/json.ts';
import { count, renderTable } from '../../../shared/kernel/text.ts';
import { APPLICATION } from '../api.ts';
import { argocdTool } from '../deps.ts';

export const listApps = argocdTool({
  name: 'list_apps',
  summary: 'List applications with sync and health status.',
  verb: 'list',
  effect: 'read',
  input: z.strictObject({ project: z.string().min(1).optional().describe('Only this project.') }),
  target: () => [{ kind: APPLICATION }],
  run: async ({ project }, { argocd }, signal) => {
    const query = { ...(project !== undefined && { projects: project }) };
    const list = await argocd.get({ path: path`/api/v1/applications`, query, what: 'applications' }, signal);
    const rows = arrayAt(list, 'items').map((app) => [
      stringAt(app, 'metadata', 'name') ?? '',
      stringAt(app, 'status', 'sync', 'status') ?? 'Unknown',
      stringAt(app, 'status', 'health', 'status') ?? 'Unknown',
    ]);
    return { text: count(rows.length, 'application'), data: renderTable(['NAME', 'SYNC', 'HEALTH'], rows) };
  },
});
