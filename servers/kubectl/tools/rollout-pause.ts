import { z } from 'zod';
import { describeRef } from '../../../shared/cluster/cluster.ts';
import { getNamed } from '../../../shared/cluster/near.ts';
import { at } from '../../../shared/kernel/json.ts';
import { editOf, mergeSpec, nothingToDo } from '../edit.ts';
import { editTool } from '../edit-tool.ts';
import { locateOne } from '../locate.ts';
import { kind, name, namespace, why } from '../params.ts';
import { demandKind } from '../workloads.ts';

export const rolloutPause = editTool({
  name: 'rollout_pause',
  summary: 'Hold the rollout of a Deployment: changes wait.',
  verb: 'rollout pause',
  destructive: false,
  input: z.strictObject({ kind, name, namespace, why }),
  edit: async (input, { cluster }, signal) => {
    const ref = await locateOne(cluster, input, signal);
    demandKind(ref, 'pause', ['Deployment']);
    const live = await getNamed(cluster, ref, signal);
    if (at(live, 'spec', 'paused') === true) throw nothingToDo(describeRef(ref));
    return editOf(cluster, ref, live, mergeSpec(ref, { paused: true }), signal);
  },
  words: ({ ref }) => ({
    change: 'pauses',
    risk: 'later changes do not reach its pods until it resumes',
    done: `${describeRef(ref)} is paused. rollout_resume lets it go on.`,
  }),
});
