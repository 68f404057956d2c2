import { z } from 'zod';
import { path } from '../../../shared/http/path.ts';
import { at } from '../../../shared/kernel/json.ts';
import { count } from '../../../shared/kernel/text.ts';
import { type AppResource, describeResource, targetOf } from '../app.ts';
import { argocdTool, oncePerCall } from '../deps.ts';
import { factsOfChanges } from '../floors.ts';
import { demandRight } from '../operate.ts';
import { factsOf } from '../owner.ts';
import { app, why } from '../params.ts';
import { readApp } from '../read-app.ts';
import { type Managed, managedResources } from '../resources.ts';

const input = z.strictObject({
  app,
  cascade: z.boolean().describe('true: its resources go, too. false: they run on.'),
  why,
});

const read = oncePerCall(async ({ app: ref, cascade }: z.output<typeof input>, { argocd }, signal) => {
  const app = await readApp(argocd, ref, signal);
  const managed = cascade ? await managedResources(argocd, ref, signal) : [];
  const live = managed.filter((one) => one.live !== undefined);
  return { app, gone: live.filter((one) => !isKept(one)), kept: live.filter(isKept) };
});

export const deleteApp = argocdTool({
  name: 'delete_app',
  summary: 'Delete an application, with or without what it deployed.',
  verb: 'delete',
  effect: 'write',
  destructive: true,
  input,
  target: async (input, deps, signal) => {
    const { app, gone } = await read(input, deps, signal);
    const own = await factsOf(deps.argocd, app, signal);
    return [targetOf(input.app, { ...factsOfChanges(gone.map(({ live }) => ({ live }))), ...own })];
  },
  plan: async (input, deps, signal) => {
    const { app, gone, kept } = await read(input, deps, signal);
    const { cascade } = input;
    await demandRight(deps.argocd, 'delete', { ...input.app, project: app.project }, signal);
    const hooks = cascade ? app.resources.filter(({ hook }) => hook) : [];
    const staying = cascade ? kept : app.resources;
    return {
      preview: {
        change: cascade
          ? `with ${count(gone.length, 'resource')}: ${kinds(gone)}`
          : 'its resources stay and run on, on their own',
        risk: cascade ? cascadeRisk(gone) : 'nobody keeps them as Git has them any more',
        details: [
          `application ${app.name}, ${cascade ? 'and everything below it' : 'without its resources'}`,
          ...gone.map((one) => `deletes ${describeResource(one)}${waits(one)}`),
          ...hooks.map((one) => `deletes ${describeResource(one)} (hook)`),
          ...staying.map((one) => `keeps ${describeResource(one)}`),
        ].join('\n'),
        seen: [
          app.raw.spec ?? null,
          at(app.raw, 'metadata', 'uid') ?? null,
          [...gone, ...staying].map(describeResource),
        ],
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

/** Argo CD leaves these where they are, as a volume that is to outlive its application. */
function isKept({ options }: Managed): boolean {
  return options.includes('Delete=false');
}

function waits({ options }: Managed): string {
  return options.includes('Delete=confirm') ? ', once a person confirms it in Argo CD' : '';
}

type Named = Pick<AppResource, 'kind' | 'name' | 'namespace'>;

function kinds(resources: readonly Named[]): string {
  const groups = Map.groupBy(resources, ({ kind }) => kind);
  return [...groups].map(([kind, all]) => `${all.length} ${kind}`).join(', ') || 'none';
}

/** Names what cannot be brought back by another sync. */
function cascadeRisk(resources: readonly Named[]): string {
  const named = (...kinds: string[]) => resources.filter(({ kind }) => kinds.includes(kind));
  const data = named('PersistentVolumeClaim', 'PersistentVolume', 'StatefulSet', 'Secret', 'CustomResourceDefinition');
  const list = (all: readonly Named[]) => all.map(({ name }) => name).join(', ');
  const [apps, namespaces] = [named('Application'), named('Namespace')];
  const risks = [
    apps.length > 0 && `deletes ${list(apps)} with all of theirs`,
    namespaces.length > 0 && `deletes all that is in namespace ${list(namespaces)}`,
    data.length > 0 && `data may be lost: ${data.map(describeResource).join(', ')}`,
  ].filter((risk) => risk !== false);
  return risks.length > 0 ? risks.join('; ') : 'it stops serving; Git can bring it back';
}
