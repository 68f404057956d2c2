import { describe, expect, it } from 'vitest';
import { groupEvents } from '../../../servers/kubectl/cluster/events.ts';
import { podOrWorkload } from '../../../servers/kubectl/cluster/names.ts';
import { selectorOf } from '../../../servers/kubectl/cluster/selector.ts';
import { ageOf, parseSpan, span } from '../../../servers/kubectl/cluster/times.ts';
import { first, newest } from '../../../servers/kubectl/fit.ts';
import { grepFor } from '../../../servers/kubectl/grep.ts';
import { chooseContainer } from '../../../servers/kubectl/log-source.ts';
import { maskValuesOf } from '../../../servers/kubectl/masked-values.ts';
import { renderObject } from '../../../servers/kubectl/rendering.ts';
import { explainField, fieldAt } from '../../../servers/kubectl/schema-text.ts';
import { rank } from '../../../servers/kubectl/workload-pods.ts';
import { redactObject } from '../../../shared/audit/redact.ts';
import { aCrashingPod, ago, anEvent, aPod, NOW } from '../../support/kube.ts';

describe('a span of time', () => {
  it('is read from units and their sums, and from nothing else', () => {
    expect(['30s', '10m', '2h', '1d', '1h30m'].map(parseSpan)).toEqual([
      30_000, 600_000, 7_200_000, 86_400_000, 5_400_000,
    ]);
    for (const wrong of ['', '10', 'm', '-5m', '1.5h', '10 m', '1w', '9999999s'])
      expect(parseSpan(wrong)).toBeUndefined();
  });

  it('is shown in one unit, and as unknown where it is', () => {
    expect([0, 119_000, 3_600_000, 36_000_000, 400_000_000].map(span)).toEqual(['0s', '119s', '60m', '10h', '4d']);
    expect(ageOf(undefined, NOW)).toBe('?');
  });
});

describe('events', () => {
  it('of one reason and object are one line with their count, and the newest message stands last', () => {
    const groups = groupEvents([
      anEvent({ count: 3, message: 'old', lastTimestamp: ago(300) }),
      anEvent({ reason: 'Failed', lastTimestamp: ago(20) }),
      anEvent({ count: 2, message: 'new', lastTimestamp: ago(10) }),
    ]);
    expect(groups.map(({ reason, count, message }) => [reason, count, message])).toEqual([
      ['Failed', 1, 'Back-off restarting failed container'],
      ['BackOff', 5, 'new'],
    ]);
  });

  it('tell their time and count in the fields of events.k8s.io, too', () => {
    const series = { count: 9, lastObservedTime: ago(5) };
    expect(groupEvents([anEvent({ series, count: 1, lastTimestamp: ago(500) })])[0]).toMatchObject({
      count: 9,
      last: NOW - 5_000,
    });
  });
});

describe('a selector', () => {
  it('is the query for the pods of a workload or a Service', () => {
    const matchExpressions = [
      { key: 'tier', operator: 'In', values: ['a', 'b'] },
      { key: 'old', operator: 'DoesNotExist' },
      { key: 'new', operator: 'Exists' },
    ];
    expect(selectorOf({ spec: { selector: { matchLabels: { app: 'web' }, matchExpressions } } })).toBe(
      'app=web,tier in (a,b),!old,new',
    );
    expect(selectorOf({ spec: { selector: { app: 'web' } } })).toBe('app=web');
    expect(selectorOf({ spec: { selector: {} } })).toBeUndefined();
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

describe('what is secret', () => {
  it("is taken out of kubectl's text by its value, wherever it stands", () => {
    const env = [
      { name: 'DB_PASSWORD', value: 'hunter22' },
      { name: 'MODE', value: 'fast' },
    ];
    const pod = aPod({ containers: [{ name: 'app', env }] });
    expect(maskValuesOf(pod, 'DB_PASSWORD:      hunter22\nMODE: fast')).toBe('DB_PASSWORD:      ***\nMODE: fast');
  });

  it('is an environment variable that is called so', () => {
    const env = { name: 'DB_PASSWORD', value: 'hunter22', valueFrom: undefined };
    expect(redactObject({ env: [env, { name: 'MODE', value: 'fast' }] })).toMatchObject({
      env: [
        { name: 'DB_PASSWORD', value: '***' },
        { name: 'MODE', value: 'fast' },
      ],
    });
  });

  it('is shown by its size in our own rendering', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'creds' },
      data: { user: 'YWRtaW4=', password: 'aHVudGVyMg==' },
    };
    const text = renderObject(secret, NOW);
    expect(text).toContain('password: 7 bytes');
    expect(text).not.toMatch(/YWRtaW4|admin|aHVudGVy|hunter2/);
  });
});

describe('explain', () => {
  const root = {
    properties: {
      spec: { description: 'What is wanted.', allOf: [{ $ref: '#/components/schemas/Spec' }] },
    },
  };
  const spec = {
    description: 'A spec.',
    type: 'object',
    required: ['ports'],
    properties: {
      ports: { type: 'array', items: { type: 'integer' }, description: 'All ports. Each once.' },
      mode: { type: 'string', enum: ['a', 'b'] },
    },
  };
  const resolve = (schema: unknown) => {
    const isSpec = JSON.stringify(schema).includes('#/components/schemas/Spec');
    return isSpec ? { ...spec, description: 'What is wanted.' } : { ...Object(schema) };
  };

  it('tells type, description and fields, the required ones marked', () => {
    expect(explainField({ root, resolve }, fieldAt({ root, resolve }, ['spec']))).toEqual([
      'type: object',
      'What is wanted.',
      'fields:',
      '  ports <[]integer, required>  All ports.',
      '  mode <string>',
    ]);
  });

  it('names the nearest field where there is none of that name', () => {
    expect(() => fieldAt({ root, resolve }, ['spec', 'port'])).toThrow(
      expect.objectContaining({
        message: 'spec has no field "port".',
        hint: 'Did you mean "ports"? There is: ports, mode.',
      }),
    );
  });
});
