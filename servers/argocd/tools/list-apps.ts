import { z } from 'zod';
import { count, renderTable } from '../../../shared/kernel/text.ts';
import { APPLICATION, short } from '../api.ts';
import type { App } from '../app.ts';
import { argocdTool } from '../deps.ts';
import { project, text } from '../params.ts';
import { appsOf } from '../read-app.ts';

const MAX_ROWS = 100;

export const listApps = argocdTool({
  name: 'list_apps',
  summary: 'List applications with sync and health; those in trouble first.',
  verb: 'list',
  effect: 'read',
  input: z.strictObject({
    project: project.optional().describe('Only of this project.'),
    labels: text(500).optional().describe('Label selector.'),
    trouble: z.boolean().default(false).describe('Only those in trouble.'),
  }),
  target: () => [{ kind: APPLICATION }],
  run: async ({ project, labels, trouble }, { argocd }, signal) => {
    const query = { ...(project && { projects: project }), ...(labels && { selector: labels }) };
    const all = await appsOf(argocd, query, signal);
    const inTrouble = all.filter(isTroubled);
    const shown = trouble ? inTrouble : [...inTrouble, ...all.filter((app) => !isTroubled(app))];
    const more = shown.length > MAX_ROWS ? ` The first ${MAX_ROWS}: narrow it by project or labels.` : '';
    const said = `${count(all.length, 'application')}, ${inTrouble.length} in trouble.${more}`;
    if (shown.length === 0) return { text: said };
    const several = new Set(all.map(({ namespace }) => namespace)).size > 1;
    return {
      text: said,
      data: renderTable(
        ['NAME', 'PROJECT', 'SYNC', 'HEALTH', 'AUTO', 'REVISION', 'OPERATION'],
        shown.slice(0, MAX_ROWS).map((app) => row(app, several)),
      ),
    };
  },
});

function isTroubled({ sync, health, conditions }: App): boolean {
  return sync !== 'Synced' || !['Healthy', 'Suspended'].includes(health) || conditions.length > 0;
}

/** Where there are several namespaces, a name alone would mean Argo CD's own. */
function row(
  { name, namespace, project, sync, health, auto, revision, operation }: App,
  several: boolean,
): readonly string[] {
  const self = auto.selfHeal ? 'self-heal' : auto.on ? 'auto' : 'manual';
  return [
    several ? `${namespace}/${name}` : name,
    project,
    sync,
    health,
    self,
    short(revision),
    operation?.phase ?? '-',
  ];
}
