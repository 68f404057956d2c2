import { z } from 'zod';
import { describeRef } from '../../../shared/cluster/cluster.ts';
import { getNamed } from '../../../shared/cluster/near.ts';
import { at } from '../../../shared/kernel/json.ts';
import { editOf, mergeSpec, nothingToDo } from '../edit.ts';
import { editTool } from '../edit-tool.ts';
import { locateOne } from '../locate.ts';
import { name, why } from '../params.ts';

export const cordon = editTool({
  name: 'cordon',
  summary: 'Keep new pods off a node; running ones stay. Forbidden by default.',
  verb: 'cordon',
  destructive: false,
  input: z.strictObject({ name, why }),
  edit: async ({ name }, { cluster }, signal) => {
    const ref = await locateOne(cluster, { kind: 'nodes', name }, signal);
    const live = await getNamed(cluster, ref, signal);
    if (at(live, 'spec', 'unschedulable') === true) throw nothingToDo(describeRef(ref));
    return editOf(cluster, ref, live, mergeSpec(ref, { unschedulable: true }), signal);
  },
  words: ({ ref }) => ({
    change: 'takes no new pods',
    risk: 'new pods have to find room on the other nodes',
    done: `${describeRef(ref)} takes no new pods. uncordon opens it again.`,
  }),
});
