import { describe, expect, it } from 'vitest';
import { first, newest } from '../../../servers/kubectl/fit.ts';
import { grepFor } from '../../../servers/kubectl/grep.ts';
import { chooseContainer } from '../../../servers/kubectl/log-source.ts';
import { rank } from '../../../servers/kubectl/workload-pods.ts';
import { podOrWorkload } from '../../../shared/cluster/names.ts';
import { aCrashingPod, ago, aPod, NOW } from '../../support/kube.ts';

describe('grep', () => {
  it('runs a hostile pattern in no time', async () => {
    const matches = await grepFor('(a|a)*(a|a)*$x|(a+)+$');
    const began = performance.now();
    for (let i = 0; i < 1_000; i += 1) matches(`${'a'.repeat(200)}!`);
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  it('ignores case on demand, and refuses what RE2 does not know', async () => {
    expect((await grepFor('(?i)error'))('ERROR: x')).toBe(true);
    await expect(grepFor('(?=x)')).rejects.toMatchObject({
      code: 'invalid_input',
      hint: expect.stringContaining('(?i)'),
    });
  });
});

describe('the source of a log', () => {
  const containers = [{ name: 'app' }, { name: 'proxy' }];

  it('is the default container, else the first, unless another one fails', () => {
    expect(chooseContainer(aPod({ containers }), undefined)).toEqual({ name: 'app', others: ['proxy'] });
    const annotations = { 'kubectl.kubernetes.io/default-container': 'proxy' };
    expect(chooseContainer(aPod({ containers, metadata: { annotations } }), undefined).name).toBe('proxy');
    expect(chooseContainer(aCrashingPod({ containers, metadata: { annotations } }), undefined).name).toBe('app');
  });

  it('names the containers there are where the wanted one is missing', () => {
    expect(() => chooseContainer(aPod({ containers }), 'nope')).toThrow(
      expect.objectContaining({ code: 'not_found', hint: 'It has: app, proxy.' }),
    );
  });

  it('is the worst pod: crashing, then not ready, then the newest', () => {
    const unready = aPod({
      name: 'unready',
      status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(5) }] },
    });
    const pods = [
      aPod({ name: 'old', created: 900 }),
      aPod({ name: 'new', created: 60 }),
      unready,
      aCrashingPod({ name: 'crashing' }),
    ];
    expect(rank(pods, NOW).map(({ pod }) => pod.metadata)).toMatchObject(
      ['crashing', 'unready', 'new', 'old'].map((name) => ({ name })),
    );
  });

  it.each(['web-1', 'deployment/web', 'deployments.apps/web'])('can be called %s', (name) => {
    expect(podOrWorkload.safeParse(name).success).toBe(true);
  });

  it.each(['', '-x', '../secrets', 'pod/..', 'pod/-x', 'a/b/c', 'web%2f', 'web\n1'])('cannot be called %j', (name) => {
    expect(podOrWorkload.safeParse(name).success).toBe(false);
  });
});

describe('an answer that is too long', () => {
  it('keeps the newest lines of a log, whole and in order', () => {
    const lines = Array.from({ length: 100 }, (_, i) => `line ${i}`);
    expect(newest(lines, 32)).toEqual(['line 96', 'line 97', 'line 98', 'line 99']);
    expect(newest(['x'.repeat(5_000)], 100)).toEqual([`${'x'.repeat(1_000)}… (+4000 characters)`]);
  });

  it('keeps the first lines of a text', () => {
    expect(first(['one', 'two', 'three'], 8)).toEqual(['one', 'two']);
    expect(first(['one'], 100)).toEqual(['one']);
  });
});
