import { z } from 'zod';
import { namespaceName } from '../../../shared/cluster/names.ts';
import { kubectlTool } from '../deps.ts';
import { examine } from '../health/examine.ts';
import { report } from '../health/report.ts';
import { takeSnapshot } from '../health/snapshot.ts';

export const health = kubectlTool({
  name: 'health',
  summary: 'What is wrong? Nodes, pods, workloads, claims, jobs and warnings, by owner, worst first. Start here.',
  verb: 'health',
  effect: 'read',
  input: z.strictObject({ namespace: namespaceName.optional().describe('Only this one; all if left out.') }),
  target: ({ namespace }) => [namespace === undefined ? {} : { namespace }],
  run: async ({ namespace }, { cluster, clock }, signal) => {
    const snapshot = await takeSnapshot(cluster, namespace, signal);
    return report(snapshot, examine(snapshot, clock.now()), namespace);
  },
});
