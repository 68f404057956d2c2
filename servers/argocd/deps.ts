import type { Rest } from '../../shared/http/rest.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { defineTool } from '../../shared/tool/define.ts';
import { oncePerCallWith } from '../../shared/tool/once-per-call.ts';

export interface ArgocdDeps {
  readonly argocd: Rest;
  readonly clock: Clock;
}

export const argocdTool = defineTool<ArgocdDeps>();

export const oncePerCall = oncePerCallWith<ArgocdDeps>();
