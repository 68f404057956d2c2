import { z } from 'zod';
import { path } from '../../../shared/http/path.ts';
import { arrayAt, numberAt, stringAt } from '../../../shared/kernel/json.ts';
import { count, oneLine, renderTable } from '../../../shared/kernel/text.ts';
import { CLUSTER } from '../api.ts';
import { argocdTool } from '../deps.ts';

export const listClusters = argocdTool({
  name: 'list_clusters',
  summary: 'List the clusters that Argo CD deploys to, and their connection.',
  verb: 'list',
  effect: 'read',
  input: z.strictObject({}),
  target: () => [{ kind: CLUSTER }],
  run: async (_, { argocd }, signal) => {
    const list = await argocd.get({ path: path`/api/v1/clusters`, what: 'clusters' }, signal);
    const rows = arrayAt(list, 'items').map((cluster) => [
      stringAt(cluster, 'name') ?? '',
      stringAt(cluster, 'server') ?? '',
      stringAt(cluster, 'info', 'serverVersion') || stringAt(cluster, 'serverVersion') || '-',
      stringAt(cluster, 'info', 'connectionState', 'status') ||
        stringAt(cluster, 'connectionState', 'status') ||
        'Unknown',
      String(numberAt(cluster, 'info', 'applicationsCount') ?? 0),
      oneLine(
        stringAt(cluster, 'info', 'connectionState', 'message') ||
          stringAt(cluster, 'connectionState', 'message') ||
          '',
        160,
      ),
    ]);
    return {
      text: `${count(rows.length, 'cluster')}.`,
      data: renderTable(['CLUSTER', 'SERVER', 'VERSION', 'STATUS', 'APPS', 'MESSAGE'], rows),
    };
  },
});
