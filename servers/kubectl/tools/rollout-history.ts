import { z } from 'zod';
import { describeRef } from '../../../shared/cluster/cluster.ts';
import { getNamed } from '../../../shared/cluster/near.ts';
import { nameOf } from '../../../shared/cluster/objects.ts';
import { ageOf } from '../../../shared/cluster/times.ts';
import { count, renderTable } from '../../../shared/kernel/text.ts';
import { kubectlTool } from '../deps.ts';
import { newest, SHORT, short } from '../fit.ts';
import { locateOne, targetOf } from '../locate.ts';
import { kind, name, namespace } from '../params.ts';
import { revisionsOf } from '../revisions.ts';
import { demandKind } from '../workloads.ts';

export const rolloutHistory = kubectlTool({
  name: 'rollout_history',
  summary: 'Revisions of a Deployment, StatefulSet or DaemonSet: images, cause, age, current.',
  verb: 'history',
  effect: 'read',
  input: z.strictObject({ kind, name: name.optional(), namespace }),
  target: async (input, { cluster }, signal) => [targetOf(await locateOne(cluster, input, signal))],
  run: async (input, { cluster, clock }, signal) => {
    const ref = await locateOne(cluster, input, signal);
    demandKind(ref, 'rollout_history');
    const workload = await getNamed(cluster, ref, signal);
    const revisions = await revisionsOf(cluster, ref, workload, signal);
    if (revisions.length === 0) return { text: `${describeRef(ref)} has no revisions yet.` };
    const rows = revisions.map(({ number, current, created, images, cause, object }) => [
      `${number}${current ? ' (current)' : ''}`,
      ageOf(created, clock.now()),
      images.map((image) => short(image, 100)).join(', '),
      short(cause ?? '-', 120),
      nameOf(object),
    ]);
    const [header = '', ...lines] = renderTable(['REVISION', 'AGE', 'IMAGES', 'CHANGE-CAUSE', 'STORED IN'], rows).split(
      '\n',
    );
    const data = [header, ...newest(lines, SHORT)].join('\n');
    return { text: `${describeRef(ref)}: ${count(revisions.length, 'revision')}, the newest last.`, data };
  },
});
