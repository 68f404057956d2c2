import type { Rest } from '../../shared/http/rest.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { defineTool } from '../../shared/tool/define.ts';

export interface ArgocdDeps {
  readonly argocd: Rest;
  readonly clock: Clock;
}

export const argocdTool = defineTool<ArgocdDeps>();
