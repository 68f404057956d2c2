import { iso } from '../kernel/clock.ts';
import type { Json } from '../kernel/json.ts';
import { neutralize } from '../kernel/text.ts';
import type { RunEvent } from '../workflow/events.ts';
import type { RunState } from '../workflow/state.ts';
import { stepText } from '../workflow/timeline.ts';

/** A run that has ended, as a page to read. */
export function summaryOf(state: RunState, events: readonly RunEvent[]): string {
  const { run, workflow, status, reason, cause, createdAt, updatedAt, inputs, outputs, verified, costUsd } = state;
  const { resolvedLate } = state;
  const seconds = Math.round((updatedAt - createdAt) / 1000);
  const alert = cause.alert?.labels.alertname;
  const lines = [
    `# ${workflow}: ${status}`,
    '',
    `- Run: ${run}, ${events.length} events`,
    `- Started: ${iso(createdAt)} by ${cause.by} (${cause.kind}${alert === undefined ? '' : ` ${alert}`})`,
    `- Ended: ${iso(updatedAt)}, after ${seconds} s${reason === undefined || reason === '' ? '' : `: ${reason}`}`,
    ...(verified === undefined ? [] : [`- Verified: ${verified.result}, ${verified.detail}`]),
    ...(resolvedLate === undefined ? [] : [`- Its alerts resolved at ${iso(resolvedLate)}, after its end`]),
    ...(costUsd === 0 ? [] : [`- Cost of its agents: $${costUsd.toFixed(2)}`]),
    ...values('Inputs', inputs),
    '',
    '## Steps',
    '',
    ...Object.entries(state.steps).map(([id, step]) => `- **${id}** ${stepText(step)}`),
    ...values('Outputs', outputs),
  ];
  return `${neutralize(lines.join('\n'))}\n`;
}

function values(title: string, record: Readonly<Record<string, Json>>): readonly string[] {
  const entries = Object.entries(record);
  if (entries.length === 0) return [];
  return [
    '',
    `## ${title}`,
    '',
    ...entries.map(([name, value]) => `- ${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`),
  ];
}
