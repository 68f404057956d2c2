import type { Approval } from '../approvals/approval.ts';
import { oneLine } from '../kernel/text.ts';
import type { Verdict } from './call.ts';
import type { Passage } from './passage.ts';

/** Characters of one row in the client's dialog, which shows four rows and folds the rest. */
const ROW = 76;

/** What a person reads in the client's dialog: what, change, risk and why, and where the whole preview is. */
export async function question({ ports, journal }: Passage, approval: Approval): Promise<Verdict> {
  const desk = await ports.desk?.();
  const rows = [
    whatRow(approval.what),
    oneLine(approval.change, ROW),
    oneLine(`risk: ${approval.risk} · why: ${approval.why}`, ROW),
    oneLine(`whole preview: ${(await desk?.link(approval.id)) ?? `k8s-agent approvals show ${approval.id}`}`, 2 * ROW),
  ];
  const times = { calledAt: journal.began, askedAt: ports.clock.now() };
  return { kind: 'ask', approval: approval.id, ...times, message: rows.join('\n') };
}

/** The first row. A long name keeps both of its ends; of many objects the count comes first. */
function whatRow(what: string): string {
  const lines = what.split('\n');
  const [verb = ''] = what.split(' ');
  if (lines.length > 1)
    return oneLine(
      `${verb} ${lines.length} objects: ${lines.map((line) => line.slice(verb.length + 1)).join(', ')}`,
      ROW,
    );
  const half = Math.floor(ROW / 2);
  return what.length <= ROW ? what : `${what.slice(0, half)}…${what.slice(half + 1 - ROW)}`;
}
