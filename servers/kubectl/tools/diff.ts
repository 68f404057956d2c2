import { z } from 'zod';
import { describeRef } from '../../../shared/cluster/cluster.ts';
import { nameOf } from '../../../shared/cluster/objects.ts';
import type { Answer } from '../../../shared/gate/call.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { lineCount } from '../../../shared/kernel/line-diff.ts';
import { count } from '../../../shared/kernel/text.ts';
import { type ApplyDocument, readDocument } from '../apply-document.ts';
import { kubectlTool, oncePerCall } from '../deps.ts';
import { diffObjects } from '../diff.ts';
import { first, LONG } from '../fit.ts';
import { targetOf } from '../locate.ts';
import { parseManifest } from '../manifest.ts';
import { namespace } from '../params.ts';

const input = z.strictObject({
  manifest: z.string().describe('YAML or JSON, up to 50 documents.'),
  namespace,
});

/** The same documents that apply would write; fields that others manage count as taken over, so that they show. */
const read = oncePerCall(async ({ manifest, namespace }: z.output<typeof input>, { cluster }, signal) => {
  const objects = parseManifest(manifest);
  const made = objects.filter(({ kind, apiVersion }) => kind === 'Namespace' && apiVersion === 'v1').map(nameOf);
  const options = { namespace, force: true, made };
  return Promise.all(objects.map((object) => readDocument(cluster, object, options, signal)));
});

export const diff = kubectlTool({
  name: 'diff',
  summary: 'What apply would change, by a dry run on the server. Changes nothing.',
  verb: 'diff',
  effect: 'read',
  input,
  target: async (input, deps, signal) => (await read(input, deps, signal)).map(({ ref }) => targetOf(ref)),
  run: async (input, deps, signal) => answer(await Promise.all((await read(input, deps, signal)).map(compare))),
});

interface Compared {
  readonly outcome: 'new' | 'changed' | 'unchanged' | 'rejected';
  /** A heading, and the diff of what changed. */
  readonly lines: readonly string[];
}

async function compare({ ref, live, tried }: ApplyDocument): Promise<Compared> {
  const what = describeRef(ref);
  try {
    const { object, warnings } = await tried();
    const notes = warnings.map((warning) => `  warning: ${warning}`);
    const change = diffObjects(live, object);
    if (live === undefined) return { outcome: 'new', lines: [`${what}: new, ${lineCount(change)}`, ...notes] };
    if (change.text === '') return { outcome: 'unchanged', lines: [`${what}: unchanged`, ...notes] };
    return { outcome: 'changed', lines: [`${what}: ${lineCount(change)}`, ...notes, ...change.text.split('\n')] };
  } catch (error) {
    return { outcome: 'rejected', lines: [`${what}: ${rejection(error)}`] };
  }
}

/** One object that is refused keeps nobody from seeing the others; a cluster that does not answer does. */
function rejection(error: unknown): string {
  if (!(error instanceof OpsError)) throw error;
  if (error.code === 'not_found') return 'new, in a namespace that does not exist yet';
  if (error.code === 'rejected_by_backend' || error.code === 'conflict') return `rejected: ${error.message}`;
  throw error;
}

function answer(compared: readonly Compared[]): Answer {
  const outcomes = (['changed', 'new', 'unchanged', 'rejected'] as const)
    .map((outcome) => [compared.filter((each) => each.outcome === outcome).length, outcome] as const)
    .filter(([amount]) => amount > 0)
    .map(([amount, outcome]) => `${amount} ${outcome}`);
  const lines = compared.flatMap((each) => each.lines);
  const shown = first(lines, LONG);
  const cut =
    shown.length < lines.length ? ` ${lines.length - shown.length} lines are cut: diff fewer objects at once.` : '';
  return { text: `${count(compared.length, 'object')}: ${outcomes.join(', ')}.${cut}`, data: shown.join('\n') };
}
