/** Every program that a Kubernetes control plane with simulated nodes is made of, in one binary. */
export const CONTROL_PLANE_PROGRAMS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'kwok',
  'metrics-server',
] as const;

/** Argo CD is one binary too; it picks the program by the name it is called by. */
export const ARGOCD_PROGRAMS = [
  'argocd',
  'argocd-server',
  'argocd-repo-server',
  'argocd-application-controller',
  'argocd-applicationset-controller',
] as const;

export const GITOPS_PROGRAMS = [...ARGOCD_PROGRAMS, 'kustomize', 'prometheus', 'alertmanager', 'redis-lite'] as const;

export type Program = (typeof CONTROL_PLANE_PROGRAMS)[number] | (typeof GITOPS_PROGRAMS)[number] | 'gitea';
