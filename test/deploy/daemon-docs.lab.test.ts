import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { LabInfo } from '../../lab/index.ts';
import { kubectl } from '../../lab/kubectl-exec.ts';
import { arrayAt, at, stringAt } from '../../shared/kernel/json.ts';
import { labForTests } from '../support/lab.ts';
import { DEPLOY, objectsIn, render, theOne } from './render.ts';

const DOC = readFileSync(join(DEPLOY, '../docs/deploy.md'), 'utf8');
const [overlay] = [...DOC.matchAll(/^```yaml\n(.*?)^```/gms)]
  .map(([, text = '']) => parse(text))
  .filter(({ images = [] }) => images[0]?.name === 'k8s-agent-daemon');

let lab: LabInfo;
beforeAll(async () => {
  lab = await labForTests();
});

it('the overlay in docs/deploy.md takes the image from a registry of one’s own, and rolls out one’s own settings', async () => {
  const from = (path: string) => join('daemon/overlays/home', path);
  const [map] = overlay.configMapGenerator;
  expect(map.files).toEqual(['k8s-agent.yaml', 'settings.json']);
  const own = { ...map, files: undefined, literals: ['k8s-agent.yaml=daemon: { agents: 1 }'] };
  const rest = { ...overlay, resources: overlay.resources.map(from), configMapGenerator: [own] };
  const objects = await render(lab, rest);
  const pod = at(theOne('Deployment', objects), 'spec', 'template', 'spec');
  const [{ newName, newTag }] = overlay.images;
  const containers = [...arrayAt(pod, 'initContainers'), ...arrayAt(pod, 'containers')];
  expect(new Set(containers.map((one) => at(one, 'image')))).toEqual(new Set([`${newName}:${newTag}`]));
  const settings = theOne('ConfigMap', objects);
  expect(at(settings, 'data')).toMatchObject({ 'k8s-agent.yaml': 'daemon: { agents: 1 }' });
  const volume = arrayAt(pod, 'volumes').find((one) => at(one, 'name') === 'settings');
  expect(stringAt(volume, 'configMap', 'name')).toBe(stringAt(settings, 'metadata', 'name'));
});

it('the Application is one as the API server knows them, of an overlay that is there', async () => {
  const file = join(DEPLOY, 'argocd/daemon.yaml');
  const [application] = objectsIn(readFileSync(file, 'utf8'));
  const path = stringAt(application, 'spec', 'source', 'path') ?? '';
  expect((await render(lab, { resources: [path.replace('deploy/', '')] })).length).toBeGreaterThan(10);
  const served = await kubectl(lab, ['api-resources', '--api-group=argoproj.io', '--output=name']);
  if (served.includes('applications'))
    await kubectl(lab, ['apply', '--dry-run=server', '--server-side', '--validate=strict', '-f', file]);
});
