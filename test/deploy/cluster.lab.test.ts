import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LabInfo } from '../../lab/index.ts';
import { kubectl } from '../../lab/kubectl-exec.ts';
import { arrayAt, at, parseJson, stringAt } from '../../shared/kernel/json.ts';
import { labForTests } from '../support/lab.ts';
import { createObjects, manifestOf, removeNamespaces } from '../support/lab-objects.ts';
import { aDisk, NAME } from './disk.ts';
import { render } from './render.ts';

const RUN = Math.random().toString(36).slice(2, 8);

const BASE = 'dashboard/base';
const PI3 = 'dashboard/overlays/pi3';
const POSTGRES = 'dashboard/overlays/postgres';
const FLAVOURS = [BASE, PI3, POSTGRES];

const namespaceOf = (flavour: string) => `dashboard-${flavour.replace(/.*\//, '')}-${RUN}`;

let lab: LabInfo;
beforeAll(async () => {
  lab = await labForTests();
  await Promise.all(FLAVOURS.map(deploy));
});
afterAll(async () => {
  await removeNamespaces(lab, ...FLAVOURS.map(namespaceOf));
  await kubectl(lab, ['delete', 'persistentvolumes', ...FLAVOURS.map(namespaceOf), '--wait=false']);
});

/** Deploys as a person does, into a namespace of this run, and waits until all pods run. */
async function deploy(flavour: string): Promise<void> {
  const namespace = namespaceOf(flavour);
  const objects = await render(lab, { namespace, resources: [flavour] });
  await createObjects(lab, aDisk(namespace));
  await kubectl(lab, ['apply', '--server-side', '--validate=strict', '-f', '-'], manifestOf(...objects));
  await kubectl(lab, ['rollout', 'status', `deployment/${NAME}`, `--namespace=${namespace}`, '--timeout=50s']);
}

async function read(namespace: string, kind: string): Promise<readonly unknown[]> {
  return arrayAt(parseJson(await kubectl(lab, ['get', kind, `--namespace=${namespace}`, '--output=json'])), 'items');
}

const nodesOf = (pods: readonly unknown[]) => pods.map((pod) => stringAt(pod, 'spec', 'nodeName'));

describe.each(FLAVOURS)('%s', (flavour) => {
  const namespace = namespaceOf(flavour);

  it('runs in a namespace that takes restricted pods only', async () => {
    const [pod] = await read(namespace, 'pods');
    expect(stringAt(pod, 'status', 'phase')).toBe('Running');
    // A pod that is not restricted is refused there, so the pods above were found to be.
    const risky = { ...Object(pod), metadata: { name: 'risky', namespace }, status: undefined };
    const asRoot = { ...risky, spec: { ...Object(at(pod, 'spec')), nodeName: undefined, securityContext: {} } };
    await expect(createObjects(lab, asRoot)).rejects.toThrow(/violates PodSecurity "restricted.*seccompProfile/);
  });

  it('has no key to the API server, and no rights there', async () => {
    const [pod] = await read(namespace, 'pods');
    const volumes = arrayAt(pod, 'spec', 'volumes').map((volume) => stringAt(volume, 'name'));
    expect(volumes.filter((name) => name?.startsWith('kube-api-access'))).toEqual([]);
    const account = `system:serviceaccount:${namespace}:${stringAt(pod, 'spec', 'serviceAccountName')}`;
    const rights = await kubectl(lab, ['auth', 'can-i', '--list', `--namespace=${namespace}`, `--as=${account}`]);
    // What every account may: ask about itself, and read the API's own pages.
    expect(
      rights.split('\n').filter((line) => /^\S+\.?\S* +\[\] +\[\]/.test(line) && !line.startsWith('self')),
    ).toEqual([]);
  });

  it('is behind its Service', async () => {
    await vi.waitFor(async () => {
      const slices = await read(namespace, 'endpointslices');
      const pods = await read(namespace, 'pods');
      const addresses = slices.flatMap((slice) =>
        arrayAt(slice, 'endpoints').flatMap((one) => arrayAt(one, 'addresses')),
      );
      expect(addresses.sort()).toEqual(pods.map((pod) => stringAt(pod, 'status', 'podIP')).sort());
      expect(slices.flatMap((slice) => arrayAt(slice, 'ports'))).toEqual([
        expect.objectContaining({ name: 'http', port: 8080 }),
      ]);
    }, 20_000);
  });
});

it('goes to the Pi 3 and to no other node', async () => {
  const namespace = namespaceOf(PI3);
  // Three would not all be on one node if there was a choice.
  await kubectl(lab, ['scale', `deployment/${NAME}`, '--replicas=3', `--namespace=${namespace}`]);
  await kubectl(lab, ['rollout', 'status', `deployment/${NAME}`, `--namespace=${namespace}`, '--timeout=50s']);
  expect(nodesOf(await read(namespace, 'pods'))).toEqual(['pi3', 'pi3', 'pi3']);
});

it('puts the two replicas on two nodes, of which one may go', async () => {
  const namespace = namespaceOf(POSTGRES);
  expect(nodesOf(await read(namespace, 'pods')).sort()).toEqual(['pi5-a', 'pi5-b']);
  await vi.waitFor(async () => {
    const [budget] = await read(namespace, 'poddisruptionbudgets');
    expect(at(budget, 'status')).toMatchObject({ expectedPods: 2, currentHealthy: 2, disruptionsAllowed: 1 });
  }, 20_000);
});
