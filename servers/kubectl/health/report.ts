import type { Answer } from '../../../shared/gate/call.ts';
import { count } from '../../../shared/kernel/text.ts';
import { SHORT } from '../fit.ts';
import type { Case } from './examine.ts';
import { nodeSummary } from './findings.ts';
import type { Snapshot } from './snapshot.ts';

const WORDS = { 3: 'CRITICAL', 2: 'WARNING', 1: 'NOTICE' } as const;

/** Nodes that are named with their taints; of more only the number is told. */
const NAMED_NODES = 10;

/** A verdict first, then the cases that fit, the most severe first. */
export function report(snapshot: Snapshot, cases: readonly Case[], namespace: string | undefined): Answer {
  const { lists, unread, cut } = snapshot;
  const nodes =
    lists.nodes.length === 0 || lists.nodes.length > NAMED_NODES
      ? []
      : [`nodes: ${lists.nodes.map(nodeSummary).join(', ')}`];
  const { blocks, left } = fitting(cases, SHORT - nodes.join('').length);
  const notes = [
    verdict(snapshot, cases, namespace),
    left > 0 && `${count(left, 'less severe case')} not shown: narrow by namespace.`,
    unread.length > 0 && `Not read, for want of rights: ${unread.join(', ')}.`,
    cut.length > 0 && `Only a part was read of: ${cut.join(', ')}. Narrow by namespace.`,
    cases.length > 0 && 'Go on with logs, describe or events of an owner.',
  ];
  const data = [...blocks, ...nodes].join('\n');
  return { text: notes.filter(Boolean).join('\n'), ...(data !== '' && { data }) };
}

function verdict({ lists, unread }: Snapshot, cases: readonly Case[], namespace: string | undefined): string {
  const where = namespace === undefined ? '' : ` in ${namespace}`;
  const seen = [namespace === undefined && count(lists.nodes.length, 'node'), count(lists.pods.length, 'pod')];
  const looked = `${seen.filter(Boolean).join(', ')}${where}`;
  const [critical, warnings, notices] = ([3, 2, 1] as const).map(
    (severity) => cases.filter((each) => each.severity === severity).length,
  );
  const numbers = `${critical} critical, ${count(warnings ?? 0, 'warning')}, ${count(notices ?? 0, 'notice')}`;
  if (critical !== 0) return `Not healthy: ${numbers} (${looked}).`;
  if (warnings !== 0) return `Partly healthy: ${numbers} (${looked}).`;
  const healthy = unread.length > 0 ? 'Nothing wrong in what could be read' : 'Healthy';
  if (notices !== 0) return `${healthy}: ${count(notices ?? 0, 'notice')} only (${looked}).`;
  const calm = unread.includes('events') ? '' : ', no warning events in the last hour';
  return `${healthy}: ${looked}${calm}.`;
}

function fitting(
  cases: readonly Case[],
  budget: number,
): { readonly blocks: readonly string[]; readonly left: number } {
  const blocks: string[] = [];
  let size = 0;
  for (const { owner, severity, lines } of cases) {
    const where = owner.namespace === undefined ? '' : ` in ${owner.namespace}`;
    const block = [`${WORDS[severity]} ${owner.kind}/${owner.name}${where}`, ...lines.map((line) => `  ${line}`)].join(
      '\n',
    );
    size += block.length + 1;
    if (size > budget && blocks.length > 0) break;
    blocks.push(block);
  }
  return { blocks, left: cases.length - blocks.length };
}
