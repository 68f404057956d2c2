import { z } from 'zod';
import { describeRef } from '../../../shared/cluster/cluster.ts';
import { type Log, readLog } from '../../../shared/cluster/log.ts';
import { objectName, podOrWorkload } from '../../../shared/cluster/names.ts';
import { parseSpan } from '../../../shared/cluster/times.ts';
import type { Answer } from '../../../shared/gate/call.ts';
import { count } from '../../../shared/kernel/text.ts';
import { kubectlTool } from '../deps.ts';
import { LONG, newest, SHORT } from '../fit.ts';
import { grepFor } from '../grep.ts';
import { locateOne, targetOf } from '../locate.ts';
import { chooseContainer, choosePod } from '../log-source.ts';
import { namespace, since, text } from '../params.ts';

const DEFAULT_TAIL = 100;
/** Lines that grep looks at. */
const SEARCHED = 20_000;

export const logs = kubectlTool({
  name: 'logs',
  summary: 'Newest log lines of a pod, or of the worst pod of a workload.',
  verb: 'logs',
  effect: 'read',
  input: z.strictObject({
    name: podOrWorkload.describe('Pod, or workload: deployment/web.'),
    namespace,
    container: objectName.optional().describe('Chosen if left out.'),
    tail: z.int().min(1).max(2000).optional().describe(`Lines; ${DEFAULT_TAIL} if left out.`),
    since,
    grep: text(200).optional().describe('RE2; (?i) ignores case.'),
    previous: z.boolean().default(false).describe('The run before the last restart.'),
    timestamps: z.boolean().default(false).describe('Show times.'),
  }),
  target: async (input, { cluster }, signal) => {
    const ref = await locateOne(cluster, spelled(input), signal);
    const { name: _, ...pods } = targetOf({ ...ref, resource: await cluster.resolve('pods', signal) });
    // A rule about the logs of pods has to hold for the pod that a workload leads to, too.
    return ref.resource.kind === 'Pod' ? [targetOf(ref)] : [targetOf(ref), pods];
  },
  run: async (input, { cluster, clock }, signal) => {
    const ref = await locateOne(cluster, spelled(input), signal);
    const { tail = DEFAULT_TAIL, grep, previous, timestamps } = input;
    const matches = grep === undefined ? undefined : await grepFor(grep);
    const pod = await choosePod(cluster, ref, clock.now(), signal);
    const container = chooseContainer(pod.pod, input.container);
    const span = input.since === undefined ? undefined : parseSpan(input.since);
    const lines = matches === undefined ? tail : SEARCHED;
    const query = { pod: pod.ref, container: container.name, previous, timestamps, lines, since: span };
    const log = await readLog(cluster, query, signal);
    const others = container.others.length === 0 ? '' : ` (others: ${container.others.join(', ')})`;
    const what = `${describeRef(pod.ref)}${pod.because}, container ${container.name}${others}`;
    return answer(
      `${what}${previous ? ', previous run' : ''}`,
      log,
      tail,
      matches,
      input.tail === undefined ? SHORT : LONG,
    );
  },
});

function spelled({ name, namespace }: { readonly name: string; readonly namespace?: string | undefined }) {
  return { kind: name.includes('/') ? name : `pods/${name}`, namespace };
}

function answer(
  what: string,
  { lines, more }: Log,
  tail: number,
  matches: ((line: string) => boolean) | undefined,
  budget: number,
): Answer {
  const found = matches === undefined ? lines : lines.filter(matches);
  const shown = newest(found.slice(-tail), budget);
  const searched = matches === undefined ? '' : ` that match, of ${more ? 'the newest ' : ''}${lines.length} searched`;
  const cut = shown.length < found.length || (more && matches === undefined);
  const narrow = cut ? '\nThere are older ones: raise tail (max 2000), or narrow with since or grep.' : '';
  const size =
    shown.length < found.length
      ? `the newest ${shown.length} of ${count(found.length, 'line')}`
      : count(shown.length, 'line');
  const summary = `${what}: ${size}${searched}.${narrow}`;
  if (lines.length === 0)
    return { text: `${summary} It has written nothing, or has not started: see describe or events.` };
  return shown.length === 0 ? { text: summary } : { text: summary, data: shown.join('\n') };
}
