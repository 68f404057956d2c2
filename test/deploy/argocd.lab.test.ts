import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { WholeLabInfo } from '../../lab/index.ts';
import { kubectl } from '../../lab/kubectl-exec.ts';
import { arrayAt, at, stringAt } from '../../shared/kernel/json.ts';
import { GiteaPerson } from '../support/gitea-rig.ts';
import { ArgocdPerson } from '../support/gitops-app.ts';
import { wholeLabForTests } from '../support/lab.ts';
import { createObjects, readField, removeNamespaces } from '../support/lab-objects.ts';
import { aDisk, NAME } from './disk.ts';
import { DEPLOY, objectsIn } from './render.ts';

const APPLICATION = join(DEPLOY, 'argocd/application.yaml');

/** What the Prometheus operator would bring: the lab has none, so any content of these kinds is taken. */
const crd = (kind: string) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${kind.toLowerCase()}s.monitoring.coreos.com` },
  spec: {
    group: 'monitoring.coreos.com',
    scope: 'Namespaced',
    names: { plural: `${kind.toLowerCase()}s`, singular: kind.toLowerCase(), kind },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

let lab: WholeLabInfo;
let argocd: ArgocdPerson;
let name = '';
beforeAll(async () => {
  lab = await wholeLabForTests();
  argocd = new ArgocdPerson(lab);
  await createObjects(lab, crd('ServiceMonitor'), crd('PrometheusRule'));
});
afterAll(async () => {
  if (name !== '') {
    await argocd.forget(name);
    await removeNamespaces(lab, name);
    await kubectl(lab, ['delete', 'persistentvolume', name, '--ignore-not-found', '--wait=false']);
  }
  await kubectl(lab, ['delete', 'crd', ...['ServiceMonitor', 'PrometheusRule'].map((kind) => crd(kind).metadata.name)]);
});

/** `deploy/dashboard` as files of a repository. */
function files(): Record<string, string> {
  const found = readdirSync(join(DEPLOY, 'dashboard'), { recursive: true, withFileTypes: true });
  const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [`deploy/${relative(DEPLOY, path)}`, readFileSync(path, 'utf8')]));
}

it('is an Application as the API server knows them', async () => {
  await kubectl(lab, ['apply', '--dry-run=server', '--server-side', '--validate=strict', '-f', APPLICATION]);
});

it('is synced from Git by Argo CD, with monitoring, and runs on the Pi 3', async () => {
  await argocd.knowGitea();
  const repo = await new GiteaPerson(lab.gitea).repo(files());
  name = repo.split('/')[1] ?? '';
  await createObjects(lab, aDisk(name));
  const spec = Object(objectsIn(readFileSync(APPLICATION, 'utf8'))[0]).spec;
  await argocd.send('POST', '/applications', {
    metadata: { name },
    spec: {
      ...spec,
      // Beside the other tests, so under a name of its own.
      source: {
        ...spec.source,
        repoURL: `${lab.gitea.url}/${repo}.git`,
        kustomize: { ...spec.source.kustomize, namespace: name },
      },
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
      const resources = arrayAt(app, 'status', 'resources');
      const deployment = resources.find((one) => stringAt(one, 'kind') === 'Deployment');
      expect(stringAt(deployment, 'health', 'status')).toBe('Healthy');
      expect(resources.map((one) => stringAt(one, 'kind'))).toEqual(
        expect.arrayContaining(['ServiceMonitor', 'PrometheusRule', 'Namespace']),
      );
    },
    { timeout: 50_000, interval: 500 },
  );
  expect(await readField(lab, name, 'pods', '{.items[*].spec.nodeName}')).toBe('pi3');
  expect(await readField(lab, name, 'deployment', '{.items[*].metadata.name}')).toBe(NAME);
});
