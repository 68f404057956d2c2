import { z } from 'zod';
import { path } from '../../../shared/http/path.ts';
import { isStatus } from '../../../shared/http/rest.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { targetOf } from '../app.ts';
import { argocdTool } from '../deps.ts';
import { demandRight } from '../operate.ts';
import { app, cluster, folder, namespace, project, repoUrl, revision, why } from '../params.ts';
import { tryProject } from '../project.ts';
import { destinationTo, withSync } from '../set-up.ts';
import { shownSpec, trySources } from '../spec.ts';

export const createApp = argocdTool({
  name: 'create_app',
  summary: 'Make an application of a folder in a repository. Where apps are kept in Git, add it there.',
  verb: 'create',
  effect: 'write',
  destructive: false,
  input: z.strictObject({
    app,
    project: project.default('default').describe('Project.'),
    repo: repoUrl.describe('Repository URL.'),
    path: folder.describe('Folder.'),
    revision: revision.default('HEAD').describe('Branch, tag or commit.'),
    cluster: cluster.default('in-cluster').describe('Cluster.'),
    namespace: namespace.describe('Namespace.'),
    auto_sync: z.boolean().default(false).describe('Sync by itself.'),
    self_heal: z.boolean().default(false).describe('Revert live changes.'),
    prune: z.boolean().default(false).describe('Delete what leaves Git.'),
    create_namespace: z.boolean().default(false).describe('Make the namespace.'),
    why,
  }),
  target: ({ app }) => [targetOf(app)],
  plan: async (input, { argocd }, signal) => {
    const { app, project, repo, path: folder, revision, create_namespace } = input;
    const { name } = app;
    const query = { appNamespace: app.namespace };
    const known = await argocd
      .get({ path: path`/api/v1/applications/${name}`, query, what: name }, signal)
      .catch((error: unknown) => {
        if (isStatus(error, 404) || isStatus(error, 403)) return undefined;
        throw error;
      });
    if (known !== undefined)
      throw new OpsError(
        'conflict',
        `There is an application ${name} already.`,
        'See get_app; change it with update_app.',
      );
    const base = {
      project,
      source: { repoURL: repo, path: folder, targetRevision: revision },
      destination: destinationTo(input.cluster, input.namespace),
      ...(create_namespace && { syncPolicy: { syncOptions: ['CreateNamespace=true'] } }),
    };
    const spec = withSync(
      base,
      input.auto_sync ? input : { self_heal: input.self_heal || undefined, prune: input.prune || undefined },
    );
    await demandRight(argocd, 'create', { ...app, project }, signal);
    const notes = [
      ...(await tryProject(argocd, project, spec, signal)),
      ...(await trySources(argocd, spec, { name, project }, signal)),
    ];
    const metadata = { name, ...(app.namespace && { namespace: app.namespace }) };
    return {
      preview: {
        change: `${repo} path ${folder} (${revision}) to ${input.namespace} on ${input.cluster}`,
        risk: input.auto_sync ? 'auto-sync deploys it at once' : 'nothing is deployed until it is synced',
        details: [`application ${name}`, ...notes, shownSpec(spec)].join('\n'),
        seen: spec,
      },
      run: async (permit) => {
        await argocd.change(permit, {
          method: 'POST',
          path: path`/api/v1/applications`,
          query: { upsert: false, validate: true },
          what: `application ${name}`,
          body: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata, spec },
        });
        return {
          text: `Application ${name} is made. ${input.auto_sync ? 'Follow it with get_app.' : 'See diff_app, then sync_app.'}`,
        };
      },
    };
  },
});
