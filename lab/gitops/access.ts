import type { LabView } from '../component.ts';
import { secretFile } from '../secrets.ts';
import type { Access } from './api.ts';

type Where = Pick<LabView, 'path' | 'ports'>;

const access = (lab: Where, port: number, file: string): Access => ({
  url: `http://127.0.0.1:${port}`,
  tokenFile: secretFile(lab, file),
});

/** Gitea as the owner of the repository, and as a user who may only read it. */
export const giteaOwner = (lab: Where) => access(lab, lab.ports.gitea, 'gitea.token');
export const giteaViewer = (lab: Where) => access(lab, lab.ports.gitea, 'gitea-viewer.token');

/** Argo CD as the account that may do all, and as one that may only read. */
export const argocdOperator = (lab: Where) => access(lab, lab.ports['argocd-server'], 'argocd.token');
export const argocdViewer = (lab: Where) => access(lab, lab.ports['argocd-server'], 'argocd-viewer.token');
