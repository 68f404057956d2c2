const GROUP = 'argoproj.io';

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
    // What the real type demands; Argo CD itself looks at Applications in its own namespace only.
    spec: { project: 'default', destination: {}, source, syncPolicy: { automated: { selfHeal } }, ...spec },
    status: { resources },
  };
}

/** A set that makes nothing: what matters is that it owns something. */
export function anApplicationSet(name: string, namespace: string) {
  const { spec } = anApplication('made', namespace);
  return {
    apiVersion: `${GROUP}/v1alpha1`,
    kind: 'ApplicationSet',
    metadata: { name, namespace },
    spec: { generators: [{ list: { elements: [] } }], template: { metadata: { name: 'made' }, spec } },
  };
}
