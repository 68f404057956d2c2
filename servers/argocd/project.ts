import { path } from '../../shared/http/path.ts';
import { isStatus, type Rest } from '../../shared/http/rest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, at, stringAt } from '../../shared/kernel/json.ts';
import { sourcesOf } from './parse-app.ts';

export const IN_CLUSTER = { name: 'in-cluster', server: 'https://kubernetes.default.svc' };

/**
 * Whether a project allows what an application wants, before a person is asked. Lenient on purpose: what only Argo CD can
 * decide (negations, a cluster's other name) passes, and Argo CD itself refuses it when the application is written.
 */
export async function tryProject(
  argocd: Rest,
  name: string,
  spec: Record<string, unknown>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const read = { path: path`/api/v1/projects/${name}`, what: `project ${name}` };
  await tryCluster(argocd, spec, signal);
  const project = await argocd.get(read, signal).catch((error: unknown) => {
    if (isStatus(error, 403)) return undefined;
    if (!isStatus(error, 404)) throw error;
    throw new OpsError('not_found', `There is no project ${name}.`, 'See list_projects.', { cause: error });
  });
  if (project === undefined) return [`not tried out: this account may not read project ${name}`];
  const reason = refusedSource(project, spec) ?? refusedDestination(project, at(spec, 'destination'));
  if (reason === undefined) return [];
  throw new OpsError('precondition_failed', `Project ${name} does not allow ${reason}`, 'See list_projects.');
}

/** Whether Argo CD knows the cluster; an account that may not list clusters learns it when the application is written. */
async function tryCluster(argocd: Rest, spec: Record<string, unknown>, signal: AbortSignal): Promise<void> {
  const wanted = stringAt(spec, 'destination', 'name') ?? stringAt(spec, 'destination', 'server') ?? '';
  if (wanted === IN_CLUSTER.server) return;
  const list = await argocd.get({ path: path`/api/v1/clusters`, what: 'clusters' }, signal).catch((error: unknown) => {
    if (isStatus(error, 403)) return undefined;
    throw error;
  });
  const known = arrayAt(list, 'items');
  if (list === undefined || known.some((one) => [at(one, 'name'), at(one, 'server')].includes(wanted))) return;
  const names = known.map((one) => stringAt(one, 'name')).join(', ');
  throw new OpsError('not_found', `Argo CD knows no cluster ${wanted}.`, `It knows: ${names}.`);
}

function refusedSource(project: unknown, spec: Record<string, unknown>): string | undefined {
  const allowed = arrayAt(project, 'spec', 'sourceRepos').map(String);
  const other = sourcesOf(spec).find(({ repo }) => !allowed.some((pattern) => sameRepo(pattern, repo)));
  return other && `repository ${other.repo}, only: ${allowed.join(', ') || 'none'}.`;
}

const sameRepo = (pattern: string, repo: string) => matches(plainRepo(pattern), plainRepo(repo));

/** Argo CD takes these spellings of a repository for one. */
const plainRepo = (url: string) =>
  url
    .toLowerCase()
    .replace(/\/$/, '')
    .replace(/\.git$/, '');

function refusedDestination(project: unknown, destination: unknown): string | undefined {
  const allowed = arrayAt(project, 'spec', 'destinations');
  const namespace = stringAt(destination, 'namespace') ?? '';
  if (allowed.some((one) => matches(stringAt(one, 'namespace') ?? '', namespace) && sameCluster(one, destination)))
    return undefined;
  const listed = allowed.map(
    (one) => `${stringAt(one, 'namespace')} on ${stringAt(one, 'name') || stringAt(one, 'server')}`,
  );
  return `namespace ${namespace} there, only: ${listed.join(', ') || 'none'}.`;
}

function sameCluster(allowed: unknown, wanted: unknown): boolean {
  const [a, b] = [allowed, wanted].map((one) => ({ name: stringAt(one, 'name'), server: stringAt(one, 'server') }));
  if (a?.server !== undefined && b?.server !== undefined) return matches(a.server, b.server);
  if (a?.name !== undefined && b?.name !== undefined) return matches(a.name, b.name);
  return true;
}

function matches(pattern: string, text: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`).test(text);
}
