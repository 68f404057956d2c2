import { describe, expect, it } from 'vitest';
import { permissionsOf } from '../../../servers/kubectl/rights.ts';

describe('a role’s permissions', () => {
  it('are every verb on every resource of every group, wildcards as they stand', () => {
    const rules = [{ verbs: ['get', '*'], apiGroups: ['', 'apps'], resources: ['pods/log', '*'] }];
    expect(permissionsOf({ rules }, 'shop')).toHaveLength(8);
    expect(permissionsOf({ rules }, 'shop')).toContainEqual({
      verb: '*',
      group: 'apps',
      resource: '*',
      namespace: 'shop',
    });
    expect(permissionsOf({ rules }, 'shop')).toContainEqual({
      verb: 'get',
      group: '',
      resource: 'pods',
      subresource: 'log',
      namespace: 'shop',
    });
  });

  it('are asked for by each name that a rule gives', () => {
    const rules = [{ verbs: ['get'], apiGroups: [''], resources: ['secrets'], resourceNames: ['a', 'b'] }];
    expect(permissionsOf({ rules }, undefined)).toMatchObject([{ name: 'a' }, { name: 'b' }]);
  });

  it('hold paths, too', () => {
    expect(permissionsOf({ rules: [{ verbs: ['get'], nonResourceURLs: ['/metrics', '*'] }] }, undefined)).toEqual([
      { verb: 'get', path: '/metrics' },
      { verb: 'get', path: '*' },
    ]);
  });

  it('of an aggregated role are everything, since it may grow to it', () => {
    expect(permissionsOf({ aggregationRule: {}, rules: [] }, undefined)).toMatchObject([{ verb: '*', resource: '*' }]);
  });
});
