import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabInfo } from '../../../lab/index.ts';
import { kubectl } from '../../../lab/kubectl-exec.ts';
import { TOOLS } from '../../../servers/kubectl/toolset.ts';
import { kubectlRig } from '../../support/kubectl-rig.ts';
import { freshNamespace, labForTests } from '../../support/lab.ts';
import { createObjects, removeNamespaces } from '../../support/lab-objects.ts';
import { aConfigMap, aDeployment } from '../../support/workloads.ts';

/** Everything asks, so that everything is tried out and nothing may run. */
const ALL_ASK = {
  confirm_actions: ['cordon', 'uncordon', 'drain', 'restart pod', 'apply', 'patch', 'delete', 'scale', 'rollout'],
};

let lab: LabInfo;
let namespace: string;
let inputs: Record<string, object>;

const create = (...objects: object[]) => createObjects(lab, ...objects);
const set = (image: string) =>
  kubectl(lab, ['set', 'image', 'deploy/web', `web=registry.example.invalid/web:${image}`, `--namespace=${namespace}`]);
const settled = () => kubectl(lab, ['rollout', 'status', 'deploy/web', `--namespace=${namespace}`, '--timeout=40s']);

/** What people and controllers would see of a change: every object but its status, with its deletion. */
async function picture(): Promise<string> {
  const path =
    '{range .items[*]}{.kind} {.metadata.uid} {.metadata.generation} {.metadata.deletionTimestamp} {.data}{"\\n"}{end}';
  return kubectl(lab, ['get', 'deploy,rs,pods,cm,roles', `--namespace=${namespace}`, `--output=jsonpath=${path}`]);
}

const nodes = () =>
  kubectl(lab, [
    'get',
    'nodes',
    '--selector=try-out',
    '--output=jsonpath={range .items[*]}{.metadata.name} {.spec.unschedulable}{"\\n"}{end}',
  ]);

beforeAll(async () => {
  lab = await labForTests();
  namespace = await freshNamespace(lab, 'tryout');
  await create(aDeployment('web', namespace), aDeployment('held', namespace), aConfigMap('map', namespace));
  await settled();
  await set('2');
  await settled();
  await kubectl(lab, ['rollout', 'pause', 'deploy/held', `--namespace=${namespace}`]);
  const pod = await kubectl(lab, [
    'get',
    'pods',
    `--namespace=${namespace}`,
    '--selector=app=web',
    '--output=jsonpath={.items[0].metadata.name}',
  ]);
  const [open, closed] = [`${namespace}-open`, `${namespace}-closed`];
  const node = (name: string, unschedulable: boolean) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'try-out': namespace }, annotations: { 'kwok.x-k8s.io/node': 'fake' } },
    spec: { unschedulable, taints: [{ key: 'try-out', effect: 'NoSchedule' }] },
  });
  await create(node(open, false), node(closed, true));
  await kubectl(lab, ['wait', '--for=condition=Ready', 'node', '--selector=try-out', '--timeout=60s']);
  const web = { kind: 'deploy', name: 'web', namespace };
  const manifest = [aConfigMap('map', namespace, { key: 'new' }), aConfigMap('new', namespace)]
    .map((o) => JSON.stringify(o))
    .join('\n---\n');
  inputs = {
    apply: { manifest, force: true },
    cordon: { name: open },
    delete: web,
    drain: { name: open },
    patch: { ...web, patch: { metadata: { labels: { a: 'b' } }, spec: { minReadySeconds: 3 } } },
    restart_pod: { name: pod, namespace },
    rollout_pause: web,
    rollout_restart: web,
    rollout_resume: { ...web, name: 'held' },
    rollout_undo: web,
    scale: { ...web, replicas: 3 },
    uncordon: { name: closed },
  };
});

afterAll(async () => {
  await kubectl(lab, ['delete', 'node', `--selector=try-out=${namespace}`]);
  await removeNamespaces(lab, namespace);
});

describe('before a person has said yes', () => {
  it.each(TOOLS.filter(({ effect }) => effect === 'write').map(({ name }) => name))(
    '%s is tried out on the server and changes nothing',
    async (tool) => {
      const before = [await picture(), await nodes()];
      const rig = kubectlRig(lab.kubeconfig, ALL_ASK);
      expect((await rig.call(tool, inputs[tool] ?? {})).text).toMatch(/^Waiting for a person: /);
      expect([await picture(), await nodes()]).toEqual(before);
      expect(rig.records()).toMatchObject([{ phase: 'outcome', outcome: { status: 'pending' } }]);
    },
  );
});
