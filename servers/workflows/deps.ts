import type { Sessions } from '../../shared/boot/sessions.ts';
import type { GatePorts } from '../../shared/gate/ports.ts';
import { defineTool } from '../../shared/tool/define.ts';
import type { Catalog } from '../../shared/workflow/catalog.ts';
import type { Runs } from '../../shared/workflow/runs.ts';

export interface WorkflowsDeps {
  readonly runs: () => Promise<Runs>;
  /** Read anew each time: a person may edit a file at any moment. */
  readonly catalog: () => Promise<Catalog>;
  readonly ports: GatePorts;
  /** Where the records of all servers lie: they say what a lost step has changed. */
  readonly actionLogs: string;
  readonly sessions: Sessions;
}

export const workflowsTool = defineTool<WorkflowsDeps>();
