import { describe, expect, it } from 'vitest';
import { kubectlRig } from '../../support/kubectl-rig.ts';

/** No cluster is there: whatever got past the checks would say so. */
const NOWHERE = '/nowhere/kubeconfig';

const AT = { kind: 'deploy', name: 'web', namespace: 'shop' };
const HEAD = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';

describe('bad input', () => {
  it.each<[string, string, object, RegExp]>([
    [
      'an unknown field',
      'scale',
      { ...AT, replicas: 1, dryRun: 'none' },
      /Unrecognized key: "dryRun".*Known parameters: kind, name/,
    ],
    ['a missing field', 'scale', AT, /replicas: /],
    ['a text for a number', 'scale', { ...AT, replicas: '3' }, /replicas: .*expected number/],
    ['a fraction', 'scale', { ...AT, replicas: 1.5 }, /replicas: /],
    ['a negative count', 'scale', { ...AT, replicas: -1 }, /replicas: /],
    ['a huge integer', 'scale', { ...AT, replicas: 1e300 }, /replicas: /],
    ['an array for a name', 'delete', { ...AT, name: ['web', 'db'] }, /name: .*expected string/],
    ['a name that climbs', 'delete', { ...AT, name: '../../secrets/x' }, /name: not a Kubernetes name/],
    ['a name of dots', 'delete', { ...AT, name: '..' }, /name: not a Kubernetes name/],
    ['a name like a flag', 'delete', { ...AT, name: '--all' }, /name: not a Kubernetes name/],
    ['a name of two lines', 'delete', { ...AT, name: 'web\n---' }, /name: not a Kubernetes name/],
    ['an encoded slash', 'delete', { ...AT, name: 'a%2fb' }, /name: not a Kubernetes name/],
    ['an empty name', 'delete', { ...AT, name: '' }, /name: not a Kubernetes name/],
    ['a name of 10 MB', 'delete', { ...AT, name: 'a'.repeat(1e7) }, /name: not a Kubernetes name/],
    [
      'a namespace that climbs',
      'patch',
      { ...AT, namespace: '../kube-system', patch: {} },
      /namespace: not a namespace/,
    ],
    ['a namespace like a flag', 'patch', { ...AT, namespace: '-A', patch: {} }, /namespace: not a namespace/],
    ['a kind with a path', 'delete', { ...AT, kind: '../api/v1/secrets' }, /kind: not a kind/],
    ['a kind like a flag', 'delete', { ...AT, kind: '--all' }, /kind: not a kind/],
    ['no reason', 'delete', { ...AT, why: '' }, /why: write 3 to 500 characters/],
    ['a reason without end', 'delete', { ...AT, why: 'x'.repeat(501) }, /why: write 3 to 500 characters/],
    ['an unknown propagation', 'delete', { ...AT, propagation: 'Cascade' }, /propagation: .*background/],
    ['a patch type that is none', 'patch', { ...AT, patch: {}, type: 'apply' }, /type: .*strategic/],
    ['revision 0', 'rollout_undo', { ...AT, revision: 0 }, /revision: /],
    ['a node name that climbs', 'drain', { name: '../pi3' }, /name: not a Kubernetes name/],
    ['a drain without end', 'drain', { name: 'pi3', timeout_seconds: 1e9 }, /timeout_seconds: /],
    ['force as text', 'drain', { name: 'pi3', force: 'yes' }, /force: .*expected boolean/],
    ['a manifest that is an object', 'apply', { manifest: {} }, /manifest: .*expected string/],
    ['a manifest of 10 MB', 'apply', { manifest: 'x'.repeat(1e7) }, /10000000 bytes; 1000000 are the limit/],
    ['a manifest that was not UTF-8', 'apply', { manifest: `${HEAD}data: {a: \ufffd}` }, /manifest:4:11: U\+FFFD/],
    ['a huge integer in a manifest', 'apply', { manifest: `${HEAD}x: 1${'0'.repeat(30)}` }, /cannot be kept exactly/],
    ['an empty manifest', 'apply', { manifest: '' }, /holds no object/],
    ['no tool of ours', 'exec', { ...AT }, /There is no tool "exec"\. Tools: /],
  ])('as %s is a clear error, and nothing is executed', async (_, tool, input, message) => {
    const rig = kubectlRig(NOWHERE, { confirm_actions: ['drain'] });
    const answer = await rig.call(tool, input);
    expect(answer).toMatchObject({ isError: true, text: expect.stringMatching(message) });
    expect(answer.text.length).toBeLessThan(2_000);
    expect(rig.records()).toMatchObject([{ phase: 'outcome', outcome: { status: 'error' } }]);
    expect(await rig.approvals.list()).toEqual([]);
  });
});
