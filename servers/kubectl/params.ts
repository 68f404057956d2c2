import { z } from 'zod';
import { kindName, namespaceName, objectName } from '../../shared/cluster/names.ts';
import { parseSpan } from '../../shared/cluster/times.ts';

/** The parameters that many tools share, each described once. */
export const kind = kindName.describe('Pod, po, deployments.apps, …');
export const name = objectName.describe('Object name.');
export const namespace = namespaceName.optional().describe("The context's if left out.");
export const allNamespaces = z.boolean().default(false).describe('Look in every namespace.');
/** Text of a limited length. The limit is left out of the published schema, like the patterns of names. */
export const text = (max: number) => z.string().refine((value) => value.length <= max, `longer than ${max} characters`);
export const labels = text(1000).optional().describe('Label selector: app=web,tier!=db.');
/** Its limits stand in no schema: twelve tools would repeat them. */
export const why = z
  .string()
  .refine(({ length }) => length >= 3 && length <= 500, 'write 3 to 500 characters')
  .describe('Reason, for the person who decides.');
export const since = z
  .string()
  .refine((text) => parseSpan(text) !== undefined, 'not a time span: write 30s, 10m, 2h or 1d')
  .optional()
  .describe('Only the last 10m, 2h, 1d.');
