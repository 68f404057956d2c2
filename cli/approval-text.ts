import type { Approval } from '../shared/approvals/approval.ts';
import { iso } from '../shared/kernel/clock.ts';
import { neutralize, oneLine } from '../shared/kernel/text.ts';

/** One approval on one line of a list. */
export function approvalLine(approval: Approval, now: number): string {
  const { id, state, what, change, agent, expiresAt } = approval;
  const left = state === 'pending' ? `, ${Math.max(0, Math.ceil((expiresAt - now) / 60_000))} min left` : '';
  return `${id}  ${state}${left}  ${oneLine(what, 100)}  (${oneLine(change, 60)})  by ${oneLine(agent ?? 'unknown agent', 40)}`;
}

/** Everything that a person needs to decide. Nothing in it can move the cursor or hide a character. */
export function approvalText(approval: Approval): string {
  const { id, state, what, change, why, risk, agent, server, tool, rule, createdAt, expiresAt, settled, result } =
    approval;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['what', what],
    ['change', change],
    ['why', why],
    ['risk', risk],
    ['agent', agent ?? 'unknown'],
    ['tool', `${server}.${tool}`],
    ['rule', rule],
    ['asked', iso(createdAt)],
    ['expires', state === 'pending' ? iso(expiresAt) : undefined],
    [
      'settled',
      settled && `${iso(settled.at)} by ${settled.by} (${settled.via})${settled.reason ? `: ${settled.reason}` : ''}`,
    ],
    ['result', result],
  ];
  const lines = facts.flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${name.padEnd(8)} ${value.replaceAll('\n', `\n${' '.repeat(11)}`)}`],
  );
  return neutralize([`approval ${id}: ${state}`, ...lines, '', approval.details].join('\n'));
}
