import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { WholeLabInfo } from '../../lab/index.ts';
import { kubectl } from '../../lab/kubectl-exec.ts';
import { arrayAt, at, stringAt } from '../../shared/kernel/json.ts';
import { GiteaPerson } from '../support/gitea-rig.ts';
import { ArgocdPerson } from '../support/gitops-app.ts';
import { wholeLabForTests } from '../support/lab.ts';
import { createObjects, manifestOf, readField, removeNamespaces } from '../support/lab-objects.ts';
import { aDaemonsDisk, isEverywhere } from './daemon-rig.ts';
import { DEPLOY, objectsIn, render } from './render.ts';

const APPLICATION = join(DEPLOY, 'argocd/daemon.yaml');

let lab: WholeLabInfo;
let argocd: ArgocdPerson;
let name = '';
beforeAll(async () => {
  lab = await wholeLabForTests();
  argocd = new ArgocdPerson(lab);
});
afterAll(async () => {
  if (name === '') return;
  await argocd.forget(name);
  await removeNamespaces(lab, name);
  const everywhere = (await render(lab, { resources: ['daemon/base'] })).filter(isEverywhere);
  const gone = manifestOf(aDaemonsDisk(name), ...everywhere);
  await kubectl(lab, ['delete', '--ignore-not-found', '--wait=false', '-f', '-'], gone);
});

/** `deploy/daemon` as files of a repository. */
function files(): Record<string, string> {
  const found = readdirSync(join(DEPLOY, 'daemon'), { recursive: true, withFileTypes: true });
  const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [`deploy/${relative(DEPLOY, path)}`, readFileSync(path, 'utf8')]));
}

it('is synced from Git by Argo CD, roles and admission policies with it, and runs on a Pi 5', async () => {
  await argocd.knowGitea();
  const repo = await new GiteaPerson(lab.gitea).repo(files());
  name = repo.split('/')[1] ?? '';
  await createObjects(lab, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, aDaemonsDisk(name));
  const spec = Object(objectsIn(readFileSync(APPLICATION, 'utf8'))[0]).spec;
  await argocd.send('POST', '/applications', {
    metadata: { name },
    spec: {
      ...spec,
      // Beside the other tests, so under a name of its own.
      source: { ...spec.source, repoURL: `${lab.gitea.url}/${repo}.git`, kustomize: { namespace: name } },
      destination: { ...spec.destination, namespace: name },
    },
  });
  await vi.waitFor(
    async () => {
      const app = await argocd.send('GET', `/applications/${name}`);
      expect({ sync: stringAt(app, 'status', 'sync', 'status'), errors: at(app, 'status', 'conditions') }).toEqual({
        sync: 'Synced',
        errors: undefined,
      });
      expect(stringAt(app, 'status', 'health', 'status')).toBe('Healthy');
      const kinds = arrayAt(app, 'status', 'resources').map((one) => stringAt(one, 'kind'));
      expect(kinds).toEqual(
        expect.arrayContaining(['ClusterRole', 'ValidatingAdmissionPolicy', 'NetworkPolicy', 'Deployment']),
      );
    },
    { timeout: 50_000, interval: 500 },
  );
  expect(await readField(lab, name, 'pods', '{.items[*].spec.nodeName}')).toMatch(/^pi5-[ab]$/);
});
