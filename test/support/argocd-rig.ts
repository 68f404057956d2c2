import { DIALECT } from '../../servers/argocd/api.ts';
import { argocdToolset } from '../../servers/argocd/toolset.ts';
import { openBackend } from '../../shared/http/backend.ts';
import { Rest } from '../../shared/http/rest.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { type ToolRig, toolRig } from './tool-rig.ts';

/** The argocd server's tools behind the real gate. */
export function argocdRig({ url, tokenFile }: { url: string; tokenFile: string }, autonomy?: unknown): ToolRig {
  const settings = { name: 'Argo CD', url, token: { file: tokenFile }, insecure: false, howToSet: 'Set it.' };
  const argocd = new Rest(() => openBackend(settings), DIALECT);
  return toolRig((ports) => argocdToolset({ argocd, clock: systemClock }, ports), autonomy);
}
