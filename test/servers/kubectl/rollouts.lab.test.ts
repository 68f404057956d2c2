import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectl } from '../../../lab/kubectl-exec.ts';
import { diff } from '../../../servers/kubectl/tools/diff.ts';
import { explain } from '../../../servers/kubectl/tools/explain.ts';
import { rolloutHistory } from '../../../servers/kubectl/tools/rollout-history.ts';
import { rolloutStatus } from '../../../servers/kubectl/tools/rollout-status.ts';
import { runRead } from '../../support/reads.ts';

import { manifest, PASSWORD, type ReadsLab, readsLab, WIDGETS } from '../../support/reads-lab.ts';

let rig: ReadsLab;

beforeAll(async () => {
  rig = await readsLab();
  await kubectl(rig.lab, ['apply', '-f', '-'], WIDGETS);
});

afterAll(() => rig.close());

describe('diff', () => {
  it('shows what would change, masks what is secret, and changes nothing', async () => {
    const text = await rig.read(diff, rig.inNs({ manifest: manifest(3, 'another-password') }));
    expect(text).toMatch(/^2 objects: 2 changed\./);
    expect(text).toMatch(/-\s+replicas: 2\n\+\s+replicas: 3/);
    expect(text).toContain('password: "*** (changed)"');
    expect(text).not.toContain('another-password');
    expect(await rig.read(diff, rig.inNs({ manifest: manifest(2, PASSWORD) }))).toMatch(/^2 objects: 2 unchanged\./);
  });

  it('tells of each object that the server rejects, beside the others', async () => {
    const bad = '---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: Not_A_Name }\n';
    const text = await rig.read(diff, rig.inNs({ manifest: `${manifest(3, PASSWORD)}${bad}` }));
    expect(text).toMatch(/^3 objects: 1 changed, 1 unchanged, 1 rejected\./);
    expect(text).toContain('a lowercase RFC 1123 subdomain');
  });
});

describe('explain', () => {
  it('follows a path through lists, and knows custom resources', async () => {
    const text = await rig.read(explain, { kind: 'deploy', path: 'spec.template.spec.containers[0].resources' });
    expect(text).toContain('limits <map[string]string or number>');
    await expect
      .poll(() => rig.read(explain, { kind: 'widget', path: 'spec' }).catch(String), { timeout: 20_000 })
      .toContain('colour <string, required>  What it looks like.');
    const wrong = runRead(explain, { kind: 'pod', path: 'spec.containrs' }, rig.deps);
    await expect(wrong).rejects.toMatchObject({ hint: expect.stringContaining('"containers"') });
  });
});

describe('rollouts', () => {
  it('are done, or held up by what the newest pods suffer from', async () => {
    expect(await rig.read(rolloutStatus, rig.inNs({ kind: 'sts', name: 'db' }))).toMatch(
      /^StatefulSet\/db in \S+ is rolled out: 2 wanted/,
    );
    expect(await rig.read(rolloutStatus, rig.inNs({ kind: 'deploy', name: 'giant' }))).toMatch(
      /still rolling out[\s\S]*2 pods Unschedulable: 0\/\d+ nodes/,
    );
  });

  it('are waited for: the answer comes with the change, not with the deadline', async () => {
    const began = Date.now();
    await kubectl(rig.lab, ['rollout', 'restart', 'statefulset/db', `--namespace=${rig.ns}`]);
    expect(await rig.read(rolloutStatus, rig.inNs({ kind: 'sts', name: 'db', wait: 60 }))).toContain('is rolled out');
    expect(Date.now() - began).toBeLessThan(50_000);
    expect(await rig.read(rolloutHistory, rig.inNs({ kind: 'sts', name: 'db' }))).toMatch(
      /2 revisions[\s\S]*\n1 +\d[\s\S]*\n2 \(current\)/,
    );
  });

  it('are only of kinds that roll', async () => {
    await expect(runRead(rolloutStatus, rig.inNs({ kind: 'pod', name: 'db-0' }), rig.deps)).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });
});
