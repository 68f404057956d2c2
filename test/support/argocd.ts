import type { LabInfo } from '../../lab/index.ts';
import { kubectl } from '../../lab/kubectl-exec.ts';

const GROUP = 'argoproj.io';

/** Argo CD's Application type without its schema: enough to store what Argo CD writes. */
const APPLICATION_CRD = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `applications.${GROUP}` },
  spec: {
    group: GROUP,
    scope: 'Namespaced',
    names: { kind: 'Application', plural: 'applications', singular: 'application', shortNames: ['app', 'apps'] },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

/** Makes Applications known to the cluster, where a real Argo CD has not done so already. */
export async function withApplications(lab: LabInfo): Promise<void> {
  const crd = `crd/${APPLICATION_CRD.metadata.name}`;
  if ((await kubectl(lab, ['get', crd, '--ignore-not-found', '--output=name'])) === '') {
    await kubectl(lab, ['apply', '--server-side', '-f', '-'], JSON.stringify(APPLICATION_CRD));
  }
  await kubectl(lab, ['wait', '--for=condition=Established', crd, '--timeout=30s']);
}

export interface AnApplication {
  readonly selfHeal?: boolean;
  readonly spec?: object;
  /** What it lists as its own, for tracking by label. */
  readonly resources?: readonly object[];
  readonly metadata?: object;
}

export function anApplication(name: string, namespace: string, change: AnApplication = {}) {
  const { selfHeal = true, spec = {}, resources = [], metadata = {} } = change;
  const source = {
    repoURL: 'https://gitea.example.invalid/ops/gitops.git',
    path: `apps/${name}`,
    targetRevision: 'main',
  };
  return {
    apiVersion: `${GROUP}/v1alpha1`,
    kind: 'Application',
    metadata: { name, namespace, ...metadata },
    spec: { source, syncPolicy: { automated: { selfHeal } }, ...spec },
    status: { resources },
  };
}
