import { z } from 'zod';
import { describeRef } from '../../../shared/cluster/cluster.ts';
import { getNamed } from '../../../shared/cluster/near.ts';
import { at } from '../../../shared/kernel/json.ts';
import { editOf, mergeSpec, nothingToDo } from '../edit.ts';
import { editTool } from '../edit-tool.ts';
import { locateOne } from '../locate.ts';
import { kind, name, namespace, why } from '../params.ts';
import { demandKind } from '../workloads.ts';

export const rolloutResume = editTool({
  name: 'rollout_resume',
  summary: 'Let a paused Deployment roll out again.',
  verb: 'rollout resume',
  destructive: false,
  input: z.strictObject({ kind, name, namespace, why }),
  edit: async (input, { cluster }, signal) => {
    const ref = await locateOne(cluster, input, signal);
    demandKind(ref, 'resume', ['Deployment']);
    const live = await getNamed(cluster, ref, signal);
    if (at(live, 'spec', 'paused') !== true) throw nothingToDo(describeRef(ref));
    return editOf(cluster, ref, live, mergeSpec(ref, { paused: null }), signal);
  },
  words: ({ ref }) => ({
    change: 'resumes',
    risk: 'changes that were made meanwhile roll out now',
    done: `${describeRef(ref)} rolls out again. Follow it with rollout_status.`,
  }),
});
