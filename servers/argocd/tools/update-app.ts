import { z } from 'zod';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { isObject } from '../../../shared/kernel/json.ts';
import { readApp, targetOf } from '../app.ts';
import { argocdTool, oncePerCall } from '../deps.ts';
import { factsOf } from '../owner.ts';
import { app, folder, namespace, project, repoUrl, revision, why } from '../params.ts';
import { planSpec, type Spec, withSync } from '../spec.ts';

const input = z.strictObject({
  app,
  project: project.optional().describe('Project.'),
  repo: repoUrl.optional().describe('URL of the repository.'),
  path: folder.optional().describe('Folder.'),
  revision: revision.optional().describe('Branch, tag or commit.'),
  namespace: namespace.optional().describe('Where it is deployed.'),
  auto_sync: z.boolean().optional().describe('Sync by itself.'),
  self_heal: z.boolean().optional().describe('Revert live changes.'),
  prune: z.boolean().optional().describe('Delete what leaves Git.'),
  why,
});

const read = oncePerCall(({ app }: z.output<typeof input>, { argocd }, signal) => readApp(argocd, app, signal));

export const updateApp = argocdTool({
  name: 'update_app',
  summary: 'Change the source, destination or sync policy of an application; what is left out stays.',
  verb: 'update',
  effect: 'write',
  destructive: true,
  input,
  target: async (input, deps, signal) => {
    const app = await read(input, deps, signal);
    return [targetOf(input.app, await factsOf(deps.argocd, app, signal))];
  },
  plan: async (input, deps, signal) => {
    const app = await read(input, deps, signal);
    const spec = isObject(app.raw.spec) ? app.raw.spec : {};
    return planSpec(deps.argocd, input.app, app, wantedSpec(spec, input), signal);
  },
});

function wantedSpec(spec: Spec, { project, repo, path, revision, namespace, ...sync }: z.output<typeof input>): Spec {
  const source = {
    ...(repo !== undefined && { repoURL: repo }),
    ...(path !== undefined && { path }),
    ...(revision !== undefined && { targetRevision: revision }),
  };
  const changesSource = Object.keys(source).length > 0;
  if (changesSource && !isObject(spec.source)) {
    throw new OpsError(
      'precondition_failed',
      'It has several sources: which one is meant cannot be said here.',
      'Change it where it is defined.',
    );
  }
  const destination = isObject(spec.destination) ? spec.destination : {};
  return withSync(
    {
      ...spec,
      ...(project !== undefined && { project }),
      ...(changesSource && isObject(spec.source) && { source: { ...spec.source, ...source } }),
      ...(namespace !== undefined && { destination: { ...destination, namespace } }),
    },
    sync,
  );
}
