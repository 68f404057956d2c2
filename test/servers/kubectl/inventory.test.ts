import { describe, expect, it } from 'vitest';
import { countKinds, dependentsOf, type Item, madeByPeople } from '../../../servers/kubectl/inventory.ts';

function anItem(kind: string, uid: string, owners: string[] = [], controlled = owners.length > 0): Item {
  const plural = `${kind.toLowerCase()}s`;
  const resource = {
    kind,
    group: '',
    names: [plural],
    version: 'v1',
    plural,
    namespaced: true,
    verbs: [],
    subresources: [],
  };
  const ownerReferences = owners.map((owner, n) => ({
    uid: owner,
    kind: 'X',
    name: owner,
    controller: controlled && n === 0,
  }));
  return { resource, object: { metadata: { name: uid, namespace: 'shop', uid, ownerReferences } } };
}

describe('what depends on an object', () => {
  const items = [
    anItem('Pod', 'pod-1', ['set']),
    anItem('Pod', 'pod-2', ['other']),
    anItem('ReplicaSet', 'set', ['web']),
    anItem('ConfigMap', 'shared', ['web', 'other']),
    anItem('ConfigMap', 'free'),
  ];

  it('is found through its owners, in any order of the list', () => {
    expect(countKinds(dependentsOf('web', items))).toBe('1 ReplicaSet, 1 Pod');
  });

  it('does not hold what another owner keeps', () => {
    expect(dependentsOf('web', items).map(({ object }) => object.metadata)).not.toContainEqual(
      expect.objectContaining({ name: 'shared' }),
    );
  });

  it('ends where owners name each other in a circle', () => {
    const circle = [anItem('A', 'a', ['b']), anItem('B', 'b', ['a', 'root']), anItem('C', 'c', ['root'])];
    expect(countKinds(dependentsOf('root', circle))).toBe('1 C');
  });

  it('is compared by what people made: what controllers make comes and goes', () => {
    expect(madeByPeople(items)).toEqual(['configmaps. shop/free']);
  });
});
