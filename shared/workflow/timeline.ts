import { maskText } from '../kernel/secrets.ts';
import { oneLine } from '../kernel/text.ts';
import type { StepState } from './step-state.ts';

/** Characters of one step's line. */
const ROW = 300;

/** How far a step is, on one line. */
export function stepText(step: StepState): string {
  return oneLine(maskText(textOf(step)), ROW);
}

function textOf(step: StepState): string {
  switch (step.status) {
    case 'pending':
      return 'pending';
    case 'running':
      return `running (attempt ${step.attempt})`;
    case 'waiting':
      return `waits for attempt ${step.attempt + 1}`;
    case 'proposed':
      return `waits for a person: ${step.proposal.actions.map(({ server, tool }) => `${server}.${tool}`).join(', ')}`;
    case 'executing':
      return `executes what was approved: ${step.actions.filter((status) => status === 'ok').length} of ${step.actions.length} done`;
    case 'chosen':
      return step.value ? 'chosen: yes' : 'chosen: no';
    case 'done': {
      const { summary } = step.answer;
      return [
        'done',
        typeof summary === 'string' && summary !== '' ? `: ${summary}` : '',
        step.note ? ` (${step.note})` : '',
      ].join('');
    }
    case 'skipped':
    case 'failed':
    case 'unknown':
      return `${step.status}: ${step.reason}`;
  }
}
