import { z } from 'zod';
import { describeRef, type ObjectRef } from '../../../shared/cluster/cluster.ts';
import { getNamed } from '../../../shared/cluster/near.ts';
import type { KubeObject } from '../../../shared/cluster/objects.ts';
import { PATCH_TYPES } from '../../../shared/cluster/writer.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { at } from '../../../shared/kernel/json.ts';
import { type Edit, editOf } from '../edit.ts';
import { editTool } from '../edit-tool.ts';
import { locateOne } from '../locate.ts';
import { kind, name, namespace, why } from '../params.ts';
import { CHANGE_CAUSE, type Revision, revisionsOf } from '../revisions.ts';
import { demandKind, rolloutRisk } from '../workloads.ts';

export const rolloutUndo = editTool({
  name: 'rollout_undo',
  summary: 'Put back an earlier revision of a Deployment, StatefulSet or DaemonSet.',
  verb: 'rollout undo',
  destructive: true,
  input: z.strictObject({
    kind,
    name,
    namespace,
    revision: z.int().min(1).max(1e9).optional().describe('From rollout_history; the one before if left out.'),
    why,
  }),
  edit: async (input, { cluster }, signal) => {
    const ref = await locateOne(cluster, input, signal);
    demandKind(ref, 'undo');
    const live = await getNamed(cluster, ref, signal);
    if (at(live, 'spec', 'paused') === true) {
      const hint = 'Call rollout_resume first.';
      throw new OpsError('precondition_failed', `${describeRef(ref)} is paused: it cannot be rolled back.`, hint);
    }
    const revisions = await revisionsOf(cluster, ref, live, signal);
    const revision = choose(ref, revisions, input.revision);
    const current = revisions.find((one) => one.current)?.number ?? '?';
    const change = `back from revision ${current} to ${revision.number}`;
    return { ...editOf(cluster, ref, live, undoRequest(ref, live, revision), signal), change };
  },
  words: ({ ref, live }, wanted) => ({
    risk: rolloutRisk(ref, live, wanted) ?? 'a rollout replaces its pods',
    done: `${describeRef(ref)} rolls back. Follow it with rollout_status.`,
  }),
});

function choose(ref: ObjectRef, revisions: readonly Revision[], wanted: number | undefined): Revision {
  const earlier = revisions.filter(({ current }) => !current);
  const found = wanted === undefined ? earlier.at(-1) : earlier.find(({ number }) => number === wanted);
  if (found !== undefined) return found;
  const numbers = earlier.map(({ number }) => number).join(', ');
  throw new OpsError(
    'not_found',
    `${describeRef(ref)} has no ${wanted === undefined ? 'earlier revision' : `revision ${wanted} to go back to`}.`,
    `Earlier revisions: ${numbers || 'none'}.`,
  );
}

/** The template is replaced as a whole: merging would keep what came later. */
function undoRequest(ref: ObjectRef, live: KubeObject, { template, cause }: Revision): Edit['request'] {
  const annotated = cause !== undefined && at(live, 'metadata', 'annotations') !== undefined;
  const path = `/metadata/annotations/${CHANGE_CAUSE.replace('/', '~1')}`;
  const changes = [
    { op: 'replace', path: '/spec/template', value: template },
    ...(annotated ? [{ op: 'add', path, value: cause }] : []),
  ];
  return (value) => {
    const body = [...changes, { op: 'replace', path: '/metadata/resourceVersion', value }];
    return { ref, method: 'PATCH', contentType: PATCH_TYPES.json, body };
  };
}
