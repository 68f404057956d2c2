import { z } from 'zod';
import { describeRef } from '../../../shared/cluster/cluster.ts';
import { getNamed } from '../../../shared/cluster/near.ts';
import { at } from '../../../shared/kernel/json.ts';
import { editOf, mergeSpec, nothingToDo } from '../edit.ts';
import { editTool } from '../edit-tool.ts';
import { locateOne } from '../locate.ts';
import { name, why } from '../params.ts';

export const uncordon = editTool({
  name: 'uncordon',
  summary: 'Let new pods onto a node again. Forbidden by default.',
  verb: 'uncordon',
  destructive: false,
  input: z.strictObject({ name, why }),
  edit: async ({ name }, { cluster }, signal) => {
    const ref = await locateOne(cluster, { kind: 'nodes', name }, signal);
    const live = await getNamed(cluster, ref, signal);
    if (at(live, 'spec', 'unschedulable') !== true) throw nothingToDo(describeRef(ref));
    return editOf(cluster, ref, live, mergeSpec(ref, { unschedulable: null }), signal);
  },
  words: ({ ref }) => ({
    change: 'takes new pods again',
    risk: 'pods that wait for room may be placed on it',
    done: `${describeRef(ref)} takes new pods again.`,
  }),
});
