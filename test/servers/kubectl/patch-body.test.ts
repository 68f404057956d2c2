import { describe, expect, it } from 'vitest';
import { patchRequest } from '../../../servers/kubectl/patch-body.ts';
import type { ObjectRef } from '../../../shared/cluster/cluster.ts';
import { DEPLOYMENT } from '../../support/builders.ts';

const REF: ObjectRef = {
  resource: { ...DEPLOYMENT, version: 'v1', plural: 'deployments', namespaced: true, verbs: [], subresources: [] },
  namespace: 'shop',
  name: 'web',
};

const request = (patch: unknown, type?: 'strategic' | 'merge' | 'json') => patchRequest(REF, patch, type)('7');

describe('a patch', () => {
  it('is bound to the version that was read, whatever it says itself', () => {
    expect(request({ metadata: { resourceVersion: '1', labels: { a: 'b' } } }).body).toEqual({
      metadata: { resourceVersion: '7', labels: { a: 'b' } },
    });
    const operation = { op: 'remove', path: '/spec/paused' };
    expect(request([operation]).body).toEqual([
      operation,
      { op: 'add', path: '/metadata/resourceVersion', value: '7' },
    ]);
  });

  it('is strategic as an object and json as an array, unless told otherwise', () => {
    expect(request({}).contentType).toBe('application/strategic-merge-patch+json');
    expect(request([{ op: 'test' }]).contentType).toBe('application/json-patch+json');
    expect(request({}, 'merge').contentType).toBe('application/merge-patch+json');
  });

  it('may come as JSON text', () => {
    expect(request('{"spec":{"replicas":2}}').body).toMatchObject({ spec: { replicas: 2 } });
  });

  it('asks the server to refuse fields that do not exist', () => {
    expect(request({}).query).toEqual({ fieldValidation: 'Strict' });
  });

  it.each<[string, unknown, 'merge' | 'json' | undefined, RegExp]>([
    ['text that is not JSON', 'spec: {}', undefined, /not JSON/],
    ['a number', 7, undefined, /strategic patch is an object/],
    ['nothing', undefined, undefined, /strategic patch is an object/],
    ['null', null, 'merge', /merge patch is an object/],
    ['metadata that is no object', { metadata: 'x' }, undefined, /so is its metadata/],
    ['an object as json patch', {}, 'json', /array of operations/],
    ['an empty array', [], undefined, /array of operations/],
    ['operations that are no objects', [1], undefined, /array of operations/],
    ['an array as merge patch', [{ op: 'test' }], 'merge', /merge patch is an object/],
    ['more than a megabyte', { data: 'x'.repeat(1_000_001) }, undefined, /more than 1000000 characters/],
  ])('is refused as %s', (_, patch, type, message) => {
    expect(() => request(patch, type)).toThrow(message);
  });
});
