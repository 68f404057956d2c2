import { nameOf } from '../../../shared/cluster/objects.ts';
import { count } from '../../../shared/kernel/text.ts';
import { short } from '../fit.ts';
import type { RankedPod } from '../workload-pods.ts';
import type { Trouble } from './pod-trouble.ts';

/** Names that are shown of pods in the same trouble. */
const NAMED = 2;

export interface TroubleLine {
  readonly severity: Trouble['severity'];
  readonly line: string;
}

/** Pods in the same trouble are one line: `2 pods CrashLoopBackOff: ... (web-1, web-2)`. */
export function troubleLines(pods: readonly RankedPod[]): readonly TroubleLine[] {
  const groups = Map.groupBy(
    pods.filter(({ trouble }) => trouble !== undefined),
    ({ trouble }) => trouble?.reason ?? '',
  );
  return [...groups].flatMap(([reason, members]) => {
    const trouble = members[0]?.trouble;
    if (trouble === undefined) return [];
    const names = members.slice(0, NAMED).map(({ pod }) => nameOf(pod));
    const more = members.length > NAMED ? `, +${members.length - NAMED}` : '';
    const detail = trouble.detail === '' ? '' : `: ${short(trouble.detail, 260)}`;
    const line = `${count(members.length, 'pod')} ${reason}${detail} (${names.join(', ')}${more})`;
    return [{ severity: trouble.severity, line }];
  });
}
