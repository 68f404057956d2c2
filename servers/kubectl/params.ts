import { z } from 'zod';
import { kindName, namespaceName, objectName } from '../../shared/cluster/names.ts';
import { parseSpan } from '../../shared/cluster/times.ts';
import { text } from '../../shared/tool/params.ts';

export { text, why } from '../../shared/tool/params.ts';

/** The parameters that many tools share, each described once. */
export const kind = kindName.describe('Pod, po, deployments.apps, …');
export const name = objectName.describe('Object name.');
export const namespace = namespaceName.optional().describe("The context's if left out.");
export const allNamespaces = z.boolean().default(false).describe('Look in every namespace.');
export const labels = text(1000).optional().describe('Label selector: app=web,tier!=db.');
export const since = z
  .string()
  .refine((text) => parseSpan(text) !== undefined, 'not a time span: write 30s, 10m, 2h or 1d')
  .optional()
  .describe('Only the last 10m, 2h, 1d.');
