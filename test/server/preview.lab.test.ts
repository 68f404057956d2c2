import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LabInfo } from '../../lab/index.ts';
import { kubectl } from '../../lab/kubectl-exec.ts';
import { tempFolder } from '../support/gate-rig.ts';
import { freshNamespace, labForTests } from '../support/lab.ts';
import { connect2026 } from '../support/mcp/connect-2026.ts';
import { kubectlServer } from '../support/server.ts';

let lab: LabInfo;
let namespace: string;

beforeAll(async () => {
  lab = await labForTests();
  namespace = await freshNamespace(lab, 'preview');
  const web = ['-n', namespace, 'create', 'deployment', 'web', '--image=registry.example.invalid/web:1'];
  await kubectl(lab, web);
  await kubectl(lab, ['-n', namespace, 'set', 'image', 'deployment/web', 'web=registry.example.invalid/web:2']);
  await kubectl(lab, ['-n', namespace, 'rollout', 'status', 'deployment/web', '--timeout=60s']);
});

/** Everything that a preview could have touched, without what moves by itself. */
async function everything(): Promise<string> {
  const kinds = 'deployments,replicasets,pods,configmaps';
  const columns =
    'custom-columns=K:.kind,N:.metadata.name,U:.metadata.uid,G:.metadata.generation,D:.metadata.deletionTimestamp';
  const objects = await kubectl(lab, ['-n', namespace, 'get', kinds, '-o', columns]);
  const nodes = await kubectl(lab, ['get', 'nodes', '-o', 'custom-columns=N:.metadata.name,U:.spec.unschedulable']);
  return `${objects}\n${nodes}`;
}

const podName = async () =>
  (await kubectl(lab, ['-n', namespace, 'get', 'pods', '-o', 'jsonpath={.items[0].metadata.name}'])).trim();
const why = 'to see that a preview changes nothing';
const web = () => ({ kind: 'deployment', name: 'web', namespace, why });

/** Every tool that changes something, each with a call that would succeed. */
const CALLS: readonly [tool: string, input: () => Promise<object> | object][] = [
  [
    'apply',
    () => ({ manifest: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: new}\ndata: {a: b}\n', namespace, why }),
  ],
  ['cordon', () => ({ name: 'pi5-b', why })],
  ['delete', web],
  ['delete', async () => ({ kind: 'pod', name: await podName(), namespace, why })],
  ['drain', () => ({ name: 'pi3', force: true, delete_emptydir_data: true, why })],
  ['patch', () => ({ ...web(), patch: { spec: { replicas: 3 } } })],
  ['restart_pod', async () => ({ name: await podName(), namespace, why })],
  ['rollout_pause', web],
  ['rollout_restart', web],
  ['rollout_undo', web],
  ['scale', () => ({ ...web(), replicas: 4 })],
];

const ASK_ALWAYS = {
  confirm_actions: ['apply', 'cordon', 'delete', 'drain', 'patch', 'restart pod', 'rollout', 'scale'],
};

describe('before a person has said yes', () => {
  it.each(CALLS)('%s has changed nothing', async (tool, input) => {
    const home = join(tempFolder(), '.claude');
    const client = await connect2026(kubectlServer({ home, kubeconfig: lab.kubeconfig, autonomy: ASK_ALWAYS }));
    const before = await everything();
    const { text } = await client.call(tool, { ...(await input()) });
    await client.close();
    expect(text).toMatch(/^Waiting for a person/);
    expect(await everything()).toBe(before);
  });
});
