import { z } from 'zod';
import { path } from '../../../shared/http/path.ts';
import { count } from '../../../shared/kernel/text.ts';
import { type App, type AppResource, describeResource, readApp, targetOf } from '../app.ts';
import { argocdTool, oncePerCall } from '../deps.ts';
import { factsOf } from '../owner.ts';
import { app, why } from '../params.ts';

const input = z.strictObject({
  app,
  cascade: z.boolean().describe('true: all of its resources go, too. false: they stay and run on.'),
  why,
});

const read = oncePerCall(({ app }: z.output<typeof input>, { argocd }, signal) => readApp(argocd, app, signal));

export const deleteApp = argocdTool({
  name: 'delete_app',
  summary: 'Delete an application, with or without what it deployed.',
  verb: 'delete',
  effect: 'write',
  destructive: true,
  input,
  target: async (input, deps, signal) => {
    const app = await read(input, deps, signal);
    return [targetOf(input.app, await factsOf(deps.argocd, app, signal))];
  },
  plan: async (input, deps, signal) => {
    const app = await read(input, deps, signal);
    const { cascade } = input;
    const resources = app.resources.filter(({ hook }) => !hook);
    return {
      preview: {
        change: cascade
          ? `with ${count(resources.length, 'resource')}: ${kinds(resources)}`
          : 'its resources stay and run on, on their own',
        risk: cascade ? cascadeRisk(resources) : 'nobody keeps them as Git has them any more',
        details: [
          `application ${app.name}, ${cascade ? 'and everything below it' : 'without its resources'}`,
          ...resources.map((one) => `${cascade ? 'deletes' : 'keeps'} ${describeResource(one)}`),
        ].join('\n'),
        seen: [app.raw.spec ?? null, uidOf(app), resources.map(describeResource)],
      },
      run: async (permit) => {
        await deps.argocd.change(permit, {
          method: 'DELETE',
          path: path`/api/v1/applications/${input.app.name}`,
          query: { cascade, appNamespace: input.app.namespace, ...(cascade && { propagationPolicy: 'foreground' }) },
          what: `application ${input.app.name}`,
        });
        return {
          text: `Application ${app.name} is being deleted${cascade ? ', with its resources' : '; its resources stay'}.`,
        };
      },
    };
  },
});

function uidOf({ raw }: App): unknown {
  return Object(raw.metadata).uid ?? null;
}

function kinds(resources: readonly AppResource[]): string {
  const groups = Map.groupBy(resources, ({ kind }) => kind);
  return [...groups].map(([kind, all]) => `${all.length} ${kind}`).join(', ') || 'none';
}

/** Names what cannot be brought back by another sync. */
function cascadeRisk(resources: readonly AppResource[]): string {
  const data = resources.filter(({ kind }) =>
    ['PersistentVolumeClaim', 'PersistentVolume', 'StatefulSet', 'Secret'].includes(kind),
  );
  const apps = resources.filter(({ kind }) => kind === 'Application');
  const namespaces = resources.filter(({ kind }) => kind === 'Namespace');
  const risks = [
    apps.length > 0 && `deletes ${apps.map(({ name }) => name).join(', ')} with all of theirs`,
    namespaces.length > 0 && `deletes all that is in namespace ${namespaces.map(({ name }) => name).join(', ')}`,
    data.length > 0 && `data may be lost: ${data.map(describeResource).join(', ')}`,
  ].filter((risk) => risk !== false);
  return risks.length > 0 ? risks.join('; ') : 'it stops serving; Git can bring it back';
}
