import { z } from 'zod';
import { describeRef } from '../../../shared/cluster/cluster.ts';
import { getNamed } from '../../../shared/cluster/near.ts';
import { iso } from '../../../shared/kernel/clock.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { at } from '../../../shared/kernel/json.ts';
import { editOf, mergeSpec } from '../edit.ts';
import { editTool } from '../edit-tool.ts';
import { locateOne } from '../locate.ts';
import { kind, name, namespace, why } from '../params.ts';
import { demandKind, rolloutRisk } from '../workloads.ts';

/** kubectl's own mark, so that people and tools see a restart where they look for it. */
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

export const rolloutRestart = editTool({
  name: 'rollout_restart',
  summary: 'Replace all pods of a Deployment, StatefulSet or DaemonSet, a few at a time.',
  verb: 'rollout restart',
  destructive: true,
  input: z.strictObject({ kind, name, namespace, why }),
  edit: async (input, { cluster, clock }, signal) => {
    const ref = await locateOne(cluster, input, signal);
    demandKind(ref, 'restart');
    const live = await getNamed(cluster, ref, signal);
    if (at(live, 'spec', 'paused') === true) {
      throw new OpsError(
        'precondition_failed',
        `${describeRef(ref)} is paused: a restart would wait.`,
        'Call rollout_resume first.',
      );
    }
    const template = { metadata: { annotations: { [RESTARTED_AT]: iso(clock.now()) } } };
    return editOf(cluster, ref, live, mergeSpec(ref, { template }), signal);
  },
  words: ({ ref, live }, wanted) => ({
    change: 'restarts all of its pods',
    risk: rolloutRisk(ref, live, wanted) ?? 'a rollout replaces its pods',
    done: `${describeRef(ref)} is restarting. Follow it with rollout_status.`,
  }),
});
