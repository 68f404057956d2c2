import { z } from 'zod';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { isObject, stringAt } from '../../../shared/kernel/json.ts';
import { argocdTool } from '../deps.ts';
import { ownedTarget, readOnce } from '../owned-app.ts';
import { app, cluster, folder, namespace, project, repoUrl, revision, why } from '../params.ts';
import { destinationTo, withSync } from '../set-up.ts';
import { planSpec, type Spec } from '../spec.ts';

const input = z.strictObject({
  app,
  project: project.optional().describe('Project.'),
  repo: repoUrl.optional().describe('Repository URL.'),
  path: folder.optional().describe('Folder.'),
  revision: revision.optional().describe('Branch, tag or commit.'),
  cluster: cluster.optional().describe('Cluster.'),
  namespace: namespace.optional().describe('Namespace.'),
  auto_sync: z.boolean().optional().describe('Sync by itself.'),
  self_heal: z.boolean().optional().describe('Revert live changes.'),
  prune: z.boolean().optional().describe('Delete what leaves Git.'),
  why,
});

export const updateApp = argocdTool({
  name: 'update_app',
  summary: 'Change the source, destination or sync policy of an application; what is left out stays.',
  verb: 'update',
  effect: 'write',
  destructive: true,
  input,
  target: ownedTarget,
  plan: async (input, deps, signal) => {
    const app = await readOnce(input, deps, signal);
    const spec = isObject(app.raw.spec) ? app.raw.spec : {};
    return planSpec(deps.argocd, input.app, app, wantedSpec(spec, input), signal);
  },
});

function wantedSpec(
  spec: Spec,
  { project, repo, path, revision, cluster, namespace, ...sync }: z.output<typeof input>,
): Spec {
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
  const moved = cluster === undefined ? destination : destinationTo(cluster, stringAt(destination, 'namespace'));
  return withSync(
    {
      ...spec,
      ...(project !== undefined && { project }),
      ...(changesSource && isObject(spec.source) && { source: { ...spec.source, ...source } }),
      destination: { ...moved, ...(namespace !== undefined && { namespace }) },
    },
    sync,
  );
}
