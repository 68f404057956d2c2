import type { Rest } from '../../shared/http/rest.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { defineTool } from '../../shared/tool/define.ts';

export interface PrometheusDeps {
  readonly prometheus: Rest;
  readonly alertmanager: Rest;
  readonly clock: Clock;
}

export const prometheusTool = defineTool<PrometheusDeps>();
