import { redactObject } from '../../shared/audit/redact.ts';
import { toYaml } from '../../shared/cluster/yaml.ts';
import type { Answer, Planned } from '../../shared/gate/call.ts';
import type { Permit } from '../../shared/gate/permit.ts';
import { path } from '../../shared/http/path.ts';
import { isStatus, type Rest } from '../../shared/http/rest.ts';
import { digest } from '../../shared/kernel/digest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, at, isObject, stringAt } from '../../shared/kernel/json.ts';
import { diffLines, lineCount } from '../../shared/kernel/line-diff.ts';
import type { App, AppRef } from './app.ts';
import { demandRight } from './operate.ts';
import { tryProject } from './project.ts';
import { readApp } from './read-app.ts';

export type Spec = Record<string, unknown>;

/** Asks Argo CD to read a source: repository, revision and path have to be there, before a person is asked. */
export async function trySources(
  argocd: Rest,
  spec: Spec,
  { name, project }: { readonly name: string; readonly project: string },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const several = arrayAt(spec, 'sources');
  const sources = several.length > 0 ? several : [at(spec, 'source')];
  return Promise.all(
    sources.filter(isObject).map(async (source, sourceIndex) => {
      const repo = stringAt(source, 'repoURL') ?? '';
      const read = {
        path: path`/api/v1/repositories/${repo}/appdetails`,
        what: `source ${repo} path ${stringAt(source, 'path') ?? stringAt(source, 'chart') ?? '.'}`,
        body: { source, appName: name, appProject: project, sourceIndex },
      };
      const details = await argocd.post(read, signal).catch((error: unknown) => {
        if (isStatus(error, 403)) return undefined;
        // Argo CD says 500 of a path that is not there.
        if (!isStatus(error, 500) || !(error instanceof OpsError)) throw error;
        const hint =
          'Correct repository, path or revision; a private repository has to be known to Argo CD (list_repos).';
        throw new OpsError('rejected_by_backend', error.message, hint, { cause: error });
      });
      if (details === undefined) return `not tried out: this account may not read ${repo} for project ${project}`;
      return `Argo CD reads ${repo} as ${stringAt(details, 'type') ?? 'plain manifests'}`;
    }),
  );
}

/** A change of an application's spec, as a diff; written by `PUT /spec`, which Argo CD validates. */
export async function planSpec(
  argocd: Rest,
  ref: AppRef,
  app: App,
  wanted: Spec,
  signal: AbortSignal,
): Promise<Planned> {
  const before = isObject(app.raw.spec) ? app.raw.spec : {};
  if (digest(before) === digest(wanted)) {
    throw new OpsError('precondition_failed', `${app.name} is set up like this already.`, 'See get_app.');
  }
  // Parameters may be passwords: a change of one shows as no more than that.
  const diff = diffLines(shownSpec(before), shownSpec(wanted));
  const project = stringAt(wanted, 'project') ?? app.project;
  await demandRight(argocd, 'update', { ...ref, project: app.project }, signal);
  if (project !== app.project) await demandRight(argocd, 'create', { ...ref, project }, signal);
  // Under the name of an application that is there, Argo CD reads only the sources that it has had before.
  const notes = [
    ...(await tryProject(argocd, project, wanted, signal)),
    ...(await trySources(argocd, wanted, { name: `${app.name}-draft`, project }, signal)),
  ];
  const effect = app.auto.on
    ? 'auto-sync brings what follows from it'
    : 'nothing in the cluster changes until it is synced';
  return {
    preview: {
      change: `${lineCount(diff)} of its spec`,
      risk: effect,
      details: [`spec of ${app.name}`, ...notes, diff.text || 'a masked value changes'].join('\n'),
      seen: [before, wanted],
    },
    run: (permit) => writeSpec(argocd, permit, ref, app, { before, wanted }, lineCount(diff)),
  };
}

async function writeSpec(
  argocd: Rest,
  permit: Permit,
  ref: AppRef,
  { name, auto }: App,
  { before, wanted }: { readonly before: Spec; readonly wanted: Spec },
  lines: string,
): Promise<Answer> {
  const now = await readApp(argocd, ref, permit.signal);
  if (digest(now.raw.spec ?? {}) !== digest(before))
    throw new OpsError('conflict', `The spec of ${name} changed meanwhile. Nothing was changed.`, 'Call again.');
  await argocd.change(permit, {
    method: 'PUT',
    path: path`/api/v1/applications/${ref.name}/spec`,
    query: { validate: true, appNamespace: ref.namespace },
    what: `spec of ${ref.name}`,
    body: wanted,
  });
  const next = auto.on ? 'Auto-sync goes on from here: follow it with get_app.' : 'See diff_app, then sync_app.';
  return { text: `${name} is changed: ${lines} of its spec. ${next}` };
}

export function shownSpec(spec: Spec): string {
  return toYaml(redactObject(spec));
}
