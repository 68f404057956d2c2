import type { Planned } from '../../shared/gate/call.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { Target } from '../../shared/tool/define.ts';
import { type Cluster, describeRef, type ObjectRef } from './cluster/cluster.ts';
import { identityOf, type KubeObject } from './cluster/objects.ts';
import { PATCH_TYPES, tryOut, type WriteRequest, type Written, write } from './cluster/writer.ts';
import { diffObjects, lineCount } from './diff.ts';
import { factsOf } from './facts.ts';
import { targetOf } from './locate.ts';
import { versionOf, warningLines } from './preview.ts';

/** A change of one live object, prepared and not yet made. */
export interface Edit {
  readonly ref: ObjectRef;
  readonly live: KubeObject;
  readonly request: WriteRequest;
  /** What it does, where the tool knows more than a count of lines. */
  readonly change?: string;
  /** Tries it out on the server, once. */
  readonly tried: () => Promise<Written>;
}

export function editOf(
  cluster: Cluster,
  ref: ObjectRef,
  live: KubeObject,
  request: WriteRequest,
  signal: AbortSignal,
): Edit {
  let written: Promise<Written> | undefined;
  const tried = () => {
    written ??= tryOut(cluster, request, signal);
    return written;
  };
  return { ref, live, request, tried };
}

/** Merges fields into an object's spec, bound to the version that was read (409 where it has moved on). */
export function mergeRequest(ref: ObjectRef, live: KubeObject, spec: object): WriteRequest {
  const body = { metadata: { resourceVersion: versionOf(live) }, spec };
  return { ref, method: 'PATCH', contentType: PATCH_TYPES.merge, body };
}

/** An edit as the policy judges it: by the object as it is, and as the server says it would become. */
export async function editTarget(cluster: Cluster, edit: Edit, signal: AbortSignal): Promise<Target> {
  const { ref, live, tried } = edit;
  const wanted = async () => (await tried()).object;
  return { ...targetOf(ref), facts: await factsOf(cluster, { ref, live, wanted }, signal) };
}

export interface Words {
  /** `paused`; the number of changed lines where it is left out. */
  readonly change?: string;
  readonly risk: string;
  readonly notes?: readonly string[];
  /** What the model reads when it is done. */
  readonly done: string;
}

/** The plan of an edit: its diff for the person, and the same request once more for the run. */
export async function planEdit(cluster: Cluster, edit: Edit, words: Words): Promise<Planned> {
  const { ref, live, request } = edit;
  const { object, warnings } = await edit.tried();
  const diff = diffObjects(live, object);
  if (diff.text === '') throw nothingToDo(describeRef(ref));
  return {
    preview: {
      change: words.change ?? edit.change ?? lineCount(diff),
      risk: words.risk,
      details: [describeRef(ref), ...(words.notes ?? []), ...warningLines(warnings), diff.text].join('\n'),
      seen: identityOf(live),
    },
    run: async (permit) => {
      await write(cluster, permit, request);
      return { text: words.done };
    },
  };
}

/** Nobody is asked about nothing. */
export function nothingToDo(what: string): OpsError {
  return new OpsError('precondition_failed', `${what}: nothing would change.`, 'It is as you want it already.');
}
