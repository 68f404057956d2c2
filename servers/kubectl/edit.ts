import { type Cluster, describeRef, type ObjectRef } from '../../shared/cluster/cluster.ts';
import { identityOf, type KubeObject } from '../../shared/cluster/objects.ts';
import { PATCH_TYPES, tryOut, type WriteRequest, type Written, write } from '../../shared/cluster/writer.ts';
import type { Planned } from '../../shared/gate/call.ts';
import type { Permit } from '../../shared/gate/permit.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { lineCount } from '../../shared/kernel/line-diff.ts';
import type { Target } from '../../shared/tool/define.ts';
import { asSeen } from './as-seen.ts';
import { diffObjects } from './diff.ts';
import { factsOf } from './facts.ts';
import { targetOf } from './locate.ts';
import { warningLines } from './preview.ts';

/** A change of one live object, prepared and not yet made. */
export interface Edit {
  readonly ref: ObjectRef;
  readonly live: KubeObject;
  /** The request, bound to a version of the object (409 where it has moved on). */
  readonly request: (resourceVersion: string) => WriteRequest;
  /** What it does, where the tool knows more than a count of lines. */
  readonly change?: string;
  /** Tries it out on the server, once. */
  readonly tried: () => Promise<Written>;
}

export function editOf(
  cluster: Cluster,
  ref: ObjectRef,
  live: KubeObject,
  request: Edit['request'],
  signal: AbortSignal,
): Edit {
  let written: Promise<Written> | undefined;
  const tried = () => {
    written ??= asSeen(cluster, ref, live, signal, (version) => tryOut(cluster, request(version), signal));
    return written;
  };
  return { ref, live, request, tried };
}

/** Merges fields into an object's spec. */
export function mergeSpec(ref: ObjectRef, spec: object): Edit['request'] {
  return (resourceVersion) => {
    const body = { metadata: { resourceVersion }, spec };
    return { ref, method: 'PATCH', contentType: PATCH_TYPES.merge, body };
  };
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
  const { ref, live } = edit;
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
      await writeEdit(cluster, permit, edit);
      return { text: words.done };
    },
  };
}

export function writeEdit(cluster: Cluster, permit: Permit, { ref, live, request }: Edit): Promise<Written> {
  return asSeen(cluster, ref, live, permit.signal, (version) => write(cluster, permit, request(version)));
}

/** Nobody is asked about nothing. */
export function nothingToDo(what: string): OpsError {
  return new OpsError('precondition_failed', `${what}: nothing would change.`, 'It is as you want it already.');
}
