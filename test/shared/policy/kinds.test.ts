import { describe, expect, it } from 'vitest';
import { findKind, KINDS } from '../../../shared/policy/kinds.ts';

describe('the built-in kinds', () => {
  it.each([
    ['Pod', ['po', 'pod', 'pods', 'Pod', 'PODS']],
    ['PersistentVolumeClaim', ['pvc', 'persistentvolumeclaim', 'persistentvolumeclaims']],
    ['Deployment', ['deploy', 'deployment', 'deployments', 'deployments.apps']],
    ['Node', ['no', 'node', 'nodes']],
    ['Ingress', ['ing', 'ingress', 'ingresses', 'ingresses.networking.k8s.io']],
    ['CustomResourceDefinition', ['crd', 'crds', 'customresourcedefinition']],
    ['Application', ['app', 'apps', 'application', 'applications.argoproj.io']],
    ['EndpointSlice', ['eps', 'endpointslice']],
    ['Endpoints', ['ep', 'endpoints']],
  ])('knows %s in every spelling', (kind, spellings) => {
    for (const spelling of spellings) expect(findKind(spelling)?.kind).toBe(kind);
  });

  it('gives no spelling to two kinds', () => {
    const names = KINDS.flatMap((kind) => kind.names);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('knows no kind of another group', () => {
    expect(findKind('deployments.example.com')).toBeUndefined();
    expect(findKind('widget')).toBeUndefined();
  });
});
