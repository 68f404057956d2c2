import { z } from 'zod';
import { describeRef } from '../../../shared/cluster/cluster.ts';
import { getNamed } from '../../../shared/cluster/near.ts';
import { editOf } from '../edit.ts';
import { editTool } from '../edit-tool.ts';
import { locateOne } from '../locate.ts';
import { kind, name, namespace, why } from '../params.ts';
import { patchRequest, TYPES } from '../patch-body.ts';
import { rolloutRisk } from '../workloads.ts';

export const patch = editTool({
  name: 'patch',
  summary: 'Change fields of one live object, previewed as a diff.',
  verb: 'patch',
  destructive: true,
  input: z.strictObject({
    kind,
    name,
    namespace,
    patch: z.unknown().describe('Object; for json an array of operations.'),
    type: z.enum(TYPES).optional().describe('Default strategic; custom resources need merge or json.'),
    why,
  }),
  edit: async (input, { cluster }, signal) => {
    const ref = await locateOne(cluster, input, signal);
    const live = await getNamed(cluster, ref, signal);
    return editOf(cluster, ref, live, patchRequest(ref, input.patch, input.type), signal);
  },
  words: ({ ref, live }, wanted) => ({
    risk: rolloutRisk(ref, live, wanted) ?? 'only the fields in the diff change',
    done: `${describeRef(ref)} is patched.`,
  }),
});
