import type { Sessions } from '../../shared/boot/sessions.ts';
import type { DriveDeps } from '../../shared/drive/forward.ts';
import { defineTool } from '../../shared/tool/define.ts';

export interface WorkflowsDeps extends DriveDeps {
  readonly sessions: Sessions;
}

export const workflowsTool = defineTool<WorkflowsDeps>();
