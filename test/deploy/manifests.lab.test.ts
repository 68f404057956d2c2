import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LabInfo } from '../../lab/index.ts';
import { type KubeObject, nameOf } from '../../shared/cluster/objects.ts';
import { arrayAt, at, stringAt } from '../../shared/kernel/json.ts';
import { labForTests } from '../support/lab.ts';
import { DEPLOY, objectsIn, render, theOne } from './render.ts';

let lab: LabInfo;
beforeAll(async () => {
  lab = await labForTests();
});

const PI3 = 'dashboard/overlays/pi3';
const POSTGRES = 'dashboard/overlays/postgres';
const FLAVOURS = ['dashboard/base', PI3, POSTGRES];

const deploymentOf = async (resource: string) => theOne('Deployment', await render(lab, { resources: [resource] }));
const podOf = (deployment: KubeObject) => at(deployment, 'spec', 'template', 'spec');
const containerOf = (deployment: KubeObject) => arrayAt(podOf(deployment), 'containers')[0];
const README = readFileSync(join(DEPLOY, 'README.md'), 'utf8');
const { version } = objectsIn(readFileSync(join(DEPLOY, '..', 'package.json'), 'utf8'))[0] ?? {};

describe.each(FLAVOURS)('%s', (flavour) => {
  it('sets only variables that deploy/README.md explains, and no value that is a secret', async () => {
    const objects = await render(lab, { resources: [flavour] });
    const container = containerOf(theOne('Deployment', objects));
    const settings = at(theOne('ConfigMap', objects), 'data');
    const names = [...arrayAt(container, 'env').map((one) => stringAt(one, 'name')), ...Object.keys(Object(settings))];
    expect(names.length).toBeGreaterThan(4);
    expect(names.filter((name) => !README.includes(`\`${name}\``))).toEqual([]);
    expect(names.filter((name) => /(SECRET|TOKEN|PASSWORD|DATABASE_URL)$/.test(name ?? ''))).toEqual([]);
    expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  it('writes no link for the first login into its log, which agents may read', async () => {
    const env = arrayAt(containerOf(await deploymentOf(flavour)), 'env');
    expect(env).toContainEqual({ name: 'SETUP_LINK', value: 'never' });
  });

  it('runs the image of this version, and none that moves', async () => {
    expect(stringAt(containerOf(await deploymentOf(flavour)), 'image')).toBe(`k8s-agent-dashboard:${version}`);
  });

  it('reads each volume that it mounts, and mounts each that it has', async () => {
    const deployment = await deploymentOf(flavour);
    const mounts = arrayAt(containerOf(deployment), 'volumeMounts').map((mount) => stringAt(mount, 'name'));
    expect(mounts.sort()).toEqual(
      arrayAt(podOf(deployment), 'volumes')
        .map((one) => stringAt(one, 'name'))
        .sort(),
    );
  });

  it('is found at the address that it believes to have', async () => {
    const objects = await render(lab, { resources: [flavour] });
    const { host } = new URL(stringAt(theOne('ConfigMap', objects), 'data', 'PUBLIC_URL') ?? '');
    const ingress = theOne('Ingress', objects);
    expect(arrayAt(ingress, 'spec', 'rules').map((rule) => at(rule, 'host'))).toEqual([host]);
    expect(arrayAt(ingress, 'spec', 'tls').map((tls) => at(tls, 'hosts'))).toEqual([[host]]);
  });

  it('is rolled out anew when a setting changes', async () => {
    const map = {
      name: 'k8s-agent-dashboard',
      namespace: 'k8s-agent',
      behavior: 'merge',
      literals: ['PUBLIC_URL=https://other.example.com'],
    };
    const changed = await render(lab, { resources: [flavour], configMapGenerator: [map] });
    const settings = arrayAt(containerOf(theOne('Deployment', changed)), 'envFrom').map((one) =>
      stringAt(one, 'configMapRef', 'name'),
    );
    expect(settings).toEqual([nameOf(theOne('ConfigMap', changed))]);
    expect(settings).not.toEqual([nameOf(theOne('ConfigMap', await render(lab, { resources: [flavour] })))]);
  });

  it('lets in by the port that the pod has, and speaks to DNS and PostgreSQL alone where there is one', async () => {
    const objects = await render(lab, { resources: [flavour] });
    const policy = theOne('NetworkPolicy', objects);
    const deployment = theOne('Deployment', objects);
    const portsOf = (rule: unknown) => arrayAt(rule, 'ports').map((port) => at(port, 'port'));
    const own = arrayAt(containerOf(deployment), 'ports').map((port) => at(port, 'name'));
    expect(arrayAt(policy, 'spec', 'ingress').map(portsOf)).toEqual([own]);
    // A rule without ports would be a way to everywhere.
    expect(arrayAt(policy, 'spec', 'egress').map(portsOf)).toEqual(flavour === POSTGRES ? [[5432], [53, 53]] : []);
    expect(at(policy, 'spec', 'policyTypes')).toEqual(['Ingress', 'Egress']);
    // kustomize's label transformers reach into these selectors, too.
    expect(at(policy, 'spec', 'podSelector')).toEqual(at(deployment, 'spec', 'selector'));
    expect(at(theOne('Service', objects), 'spec', 'selector')).toEqual(
      at(deployment, 'spec', 'selector', 'matchLabels'),
    );
  });
});

it('asks on the Pi 3 for what the Pi 3 can give', async () => {
  expect(at(containerOf(await deploymentOf(PI3)), 'resources')).toEqual({
    requests: { memory: '32Mi', cpu: '10m' },
    limits: { memory: '64Mi', cpu: '100m' },
  });
});

it('keeps nothing of its own where PostgreSQL does', async () => {
  const objects = await render(lab, { resources: [POSTGRES] });
  expect(objects.filter(({ kind }) => kind === 'PersistentVolumeClaim')).toEqual([]);
  const state = arrayAt(podOf(theOne('Deployment', objects)), 'volumes').find((one) => at(one, 'name') === 'state');
  expect(state).toEqual({ name: 'state', emptyDir: { sizeLimit: '64Mi' } });
});

it('puts monitoring into the namespace of what it watches', async () => {
  const objects = await render(lab, { namespace: 'elsewhere', resources: [PI3], components: ['dashboard/monitoring'] });
  const added = objects.filter(({ kind }) => kind === 'ServiceMonitor' || kind === 'PrometheusRule');
  expect(added.map((one) => stringAt(one, 'metadata', 'namespace'))).toEqual(['elsewhere', 'elsewhere']);
  const monitor = theOne('ServiceMonitor', objects);
  const service = theOne('Service', objects);
  expect(at(service, 'metadata', 'labels')).toMatchObject(Object(at(monitor, 'spec', 'selector', 'matchLabels')));
  const [endpoint] = arrayAt(monitor, 'spec', 'endpoints');
  expect(arrayAt(service, 'spec', 'ports').map((port) => at(port, 'name'))).toContain(at(endpoint, 'port'));
});

it('hands its panels to the sidecar of Grafana', async () => {
  const objects = await render(lab, { resources: [PI3], components: ['dashboard/monitoring'] });
  const panels = objects.find((object) => nameOf(object) === 'k8s-agent-dashboard-grafana');
  expect(stringAt(panels, 'metadata', 'labels', 'grafana_dashboard')).toBe('1');
  const { title, uid } = JSON.parse(stringAt(panels, 'data', 'k8s-agent.json') ?? '{}');
  expect({ title, uid }).toEqual({ title: 'Kubernetes agents', uid: 'k8s-agent-dashboard' });
});
