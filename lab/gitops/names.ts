/** Where Argo CD and its Applications live. */
export const NAMESPACE = 'argocd';

/** The user who owns the repository, and its name. */
export const OWNER = 'lab';
export const REPOSITORY = 'gitops';
