import { describe, expect, it } from 'vitest';
import { requestsOf, shortageOf } from '../../../servers/kubectl/capacity.ts';
import { whyNot } from '../../../servers/kubectl/scheduling.ts';
import type { KubeObject } from '../../../shared/cluster/objects.ts';

interface NodeSpec {
  cpu?: string;
  memory?: string;
  taints?: object[];
  labels?: object;
  unschedulable?: boolean;
  ready?: string;
}

function aNode(name: string, spec: NodeSpec = {}): KubeObject {
  const { cpu = '4', memory = '8Gi', taints = [], labels = {}, ready = 'True', ...rest } = spec;
  return {
    metadata: { name, labels },
    spec: { taints, ...rest },
    status: { allocatable: { cpu, memory, pods: '110' }, conditions: [{ type: 'Ready', status: ready }] },
  };
}

function aPod(name: string, cpu: string, memory: string, spec: object = {}, phase = 'Running'): KubeObject {
  const containers = [{ resources: { requests: { cpu, memory } } }];
  return { metadata: { name }, spec: { containers, ...spec }, status: { phase } };
}

const PI3 = { taints: [{ key: 'node-type', value: 'pi3', effect: 'NoSchedule' }] };

describe('the other nodes', () => {
  it('that cannot hold the pods are named with the arithmetic', () => {
    const moving = [aPod('a', '1', '1Gi'), aPod('b', '1', '1Gi'), aPod('c', '500m', '1Gi')];
    const used = aPod('x', '2800m', '7Gi', { nodeName: 'pi5-a' });
    const others = [aNode('pi5-a'), aNode('pi3', PI3)];
    expect(shortageOf('pi5-b', moving, others, [...moving, used])?.text).toBe(
      'pi5-b has 3 pods that request 2.5 CPU, 3 Gi; left on pi5-a: 1.2 CPU, 1 Gi (pi3 is tainted node-type=pi3)',
    );
  });

  it('that can hold them are no shortage, to the last byte', () => {
    const moving = [aPod('a', '3', '6Gi'), aPod('b', '1', '2Gi')];
    expect(shortageOf('b', moving, [aNode('a')], moving)).toBeUndefined();
    expect(shortageOf('b', [...moving, aPod('c', '1m', '0')], [aNode('a')], moving)?.homeless).toHaveLength(1);
  });

  it('count what is requested on them, but not what has ended there', () => {
    const ended = aPod('x', '4', '8Gi', { nodeName: 'a' }, 'Succeeded');
    expect(shortageOf('b', [aPod('p', '4', '8Gi')], [aNode('a')], [ended])).toBeUndefined();
  });

  it('are no room together: a pod is not split', () => {
    const others = [aNode('a', { cpu: '1' }), aNode('c', { cpu: '1' })];
    expect(shortageOf('b', [aPod('p', '1500m', '0')], others, [])?.text).toContain('left on a: 1 CPU, 8 Gi, left on c');
  });

  it('may all be closed', () => {
    const text = shortageOf('b', [aPod('p', '1', '0')], [aNode('a', { unschedulable: true })], [])?.text;
    expect(text).toBe('b has 1 pod that request 1 CPU, 0 Mi; no other node takes them (a is closed to new pods)');
  });
});

describe('a local volume', () => {
  const required = { nodeSelectorTerms: [{ matchExpressions: [{ key: 'host', operator: 'In', values: ['b'] }] }] };
  const volume = { metadata: { name: 'pv-1' }, spec: { nodeAffinity: { required } } };

  it('ties its pod to its node', () => {
    const others = [aNode('a', { labels: { host: 'a' } })];
    expect(shortageOf('b', [aPod('db', '1', '0')], others, [], () => [volume])?.text).toBe(
      'b has 1 pod that request 1 CPU, 0 Mi; no other node takes them (a does not have its volume pv-1)',
    );
    expect(whyNot({}, aNode('b', { labels: { host: 'b' } }), [volume])).toBeUndefined();
  });
});

describe('a pod requests', () => {
  it('the sum of its containers, or its largest init container, and its overhead', () => {
    const requests = (cpu: string) => ({ resources: { requests: { cpu } } });
    const pod = {
      spec: {
        initContainers: [requests('3'), { ...requests('500m'), restartPolicy: 'Always' }, requests('1')],
        containers: [requests('1'), requests('250m')],
        overhead: { cpu: '100m' },
      },
    };
    expect(requestsOf(pod).cpu).toBeCloseTo(3.1);
    expect(requestsOf({ spec: { ...pod.spec, initContainers: [pod.spec.initContainers[1]] } }).cpu).toBeCloseTo(1.85);
  });
});

describe('a node', () => {
  const affinity = (operator: string, values: string[], key = 'disk') => ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key, operator, values }] }],
        },
      },
    },
  });

  it.each<[string, object, NodeSpec, string | undefined]>([
    ['takes a pod without wishes', {}, {}, undefined],
    ['is refused for a hard taint', {}, PI3, 'is tainted node-type=pi3'],
    ['takes a pod that tolerates the taint', { tolerations: [{ key: 'node-type', value: 'pi3' }] }, PI3, undefined],
    ['takes a pod that tolerates everything', { tolerations: [{ operator: 'Exists' }] }, PI3, undefined],
    [
      'asks for the taint’s own value',
      { tolerations: [{ key: 'node-type', value: 'x' }] },
      PI3,
      'is tainted node-type=pi3',
    ],
    [
      'asks for the effect',
      { tolerations: [{ operator: 'Exists', effect: 'NoExecute' }] },
      PI3,
      'is tainted node-type=pi3',
    ],
    ['takes pods in spite of a soft taint', {}, { taints: [{ key: 'a', effect: 'PreferNoSchedule' }] }, undefined],
    ['is refused while it is not ready', {}, { ready: 'Unknown' }, 'is not ready'],
    ['has the labels of a selector', { nodeSelector: { disk: 'ssd' } }, { labels: { disk: 'ssd' } }, undefined],
    ['lacks the labels of a selector', { nodeSelector: { disk: 'ssd' } }, {}, expect.stringContaining('selector')],
    ['matches In', affinity('In', ['ssd']), { labels: { disk: 'ssd' } }, undefined],
    ['fails In', affinity('In', ['ssd']), { labels: { disk: 'sd' } }, expect.stringContaining('affinity')],
    ['fails NotIn', affinity('NotIn', ['sd']), { labels: { disk: 'sd' } }, expect.stringContaining('affinity')],
    ['matches NotIn without the label', affinity('NotIn', ['sd']), {}, undefined],
    ['matches Gt', affinity('Gt', ['3']), { labels: { disk: '4' } }, undefined],
    ['fails an operator that nobody knows', affinity('Like', ['x']), {}, expect.stringContaining('affinity')],
  ])('%s', (_, pod, node, reason) => {
    expect(whyNot({ spec: pod }, aNode('n', node))).toEqual(reason);
  });
});
