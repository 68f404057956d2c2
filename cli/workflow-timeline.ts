import { iso } from '../shared/kernel/clock.ts';
import { maskText } from '../shared/kernel/secrets.ts';
import { neutralize, oneLine } from '../shared/kernel/text.ts';
import type { Workflow } from '../shared/workflow/definition.ts';
import type { Cause, RunEvent } from '../shared/workflow/events.ts';
import { scopeOf } from '../shared/workflow/scope.ts';
import { isEnded, type RunState } from '../shared/workflow/state.ts';
import { stepText } from '../shared/workflow/timeline.ts';
import { table } from './table.ts';
import { resumePrompt } from './workflow-runs.ts';
import { modelText } from './workflow-text.ts';

/** Characters of what an agent or a person said. */
const SAID = 140;

/** One run from its trigger to its outcome. `workflow` is its definition, where the file is still the one that it began with. */
export function timelineText(state: RunState, events: readonly RunEvent[], workflow: Workflow | undefined): string {
  const { run, status, reason, cancel, steps, outputs, deadline } = state;
  const rows = Object.entries(steps).map(([id, step]) => [id, ...whoDoes(workflow, state, id), stepText(step)]);
  return neutralize(
    [
      `${run} of ${state.workflow}: ${endText(status, reason)}`,
      ...(cancel !== undefined && !isEnded(state) ? [`  ${cancel.by} wants it cancelled: ${cancel.reason}`] : []),
      ...(isEnded(state) ? [] : [`  in Claude Code: ${resumePrompt(run)} (until ${iso(deadline)} at the latest)`]),
      '',
      table(['at', 'step', 'what'], events.map(eventRow)),
      '',
      table(['step', 'agent', 'model', 'state'], rows),
      ...(Object.keys(outputs).length === 0 ? [] : ['', 'outputs', ...outputLines(outputs)]),
    ].join('\n'),
  );
}

/** Some reasons begin with the state itself: `cancelled by ada`. */
function endText(status: string, reason = ''): string {
  return reason === '' || reason.startsWith(status) ? reason || status : `${status}: ${reason}`;
}

function whoDoes(workflow: Workflow | undefined, state: RunState, id: string): readonly [agent: string, model: string] {
  const step = workflow?.steps.find((candidate) => candidate.id === id);
  if (workflow === undefined || step?.kind !== 'work') return ['', ''];
  return [step.agent, modelText(workflow, step, scopeOf(workflow, state))];
}

function outputLines(outputs: RunState['outputs']): readonly string[] {
  return Object.entries(outputs).map(([name, value]) => {
    const text = maskText(typeof value === 'string' ? value : JSON.stringify(value));
    return `  ${name}: ${text.trim().replaceAll('\n', `\n${' '.repeat(name.length + 4)}`)}`;
  });
}

function eventRow(event: RunEvent): readonly string[] {
  return [iso(event.at), 'step' in event ? event.step : '', oneLine(maskText(eventText(event)), SAID)];
}

// One line an event: longer than other functions, and read as a table.
function eventText(event: RunEvent): string {
  switch (event.type) {
    case 'created':
      return `started ${causeText(event.cause)}${inputsText(event.inputs)}`;
    case 'admitted':
      return 'begins';
    case 'chosen':
      return event.value ? 'yes' : 'no';
    case 'skipped':
      return `skipped: ${event.reason}`;
    case 'step-started':
      return event.attempt === 1 ? 'asked' : `asked again, attempt ${event.attempt}`;
    case 'step-finished':
      return `answered: ${summaryOf(event.answer)}${proposedText(event.proposal?.actions)}`;
    case 'step-failed':
      return `failed: ${event.reason} (changed: ${event.changed})`;
    case 'proposal-settled':
      return `${event.decision} by ${event.by}${event.approval === undefined ? '' : ` (${event.approval})`}`;
    case 'action-started':
      return `action ${event.index + 1} begins`;
    case 'action-finished':
      return `action ${event.index + 1} ${event.status}: ${event.message}`;
    case 'person-decided':
      return `${event.by} says that it ${event.outcome}: ${event.note}`;
    case 'reported':
      return 'reported';
    case 'alert-joined':
      return `alert ${event.alert.labels.alertname ?? 'without a name'} belongs to it, too`;
    case 'alert-resolved':
      return `alert ${event.alert.labels.alertname ?? 'without a name'} has resolved; ${event.left} left`;
    case 'verified':
      return `${event.result}: ${event.detail}`;
    case 'cancel-requested':
      return `${event.by} cancels: ${event.reason}`;
    case 'ended':
      return endText(event.status, event.reason);
  }
}

function causeText({ kind, by, alert }: Cause): string {
  const labels = Object.entries(alert?.labels ?? {}).map(([name, value]) => `${name}=${value}`);
  return `by ${by} (${kind})${labels.length === 0 ? '' : `, alert ${labels.join(' ')}`}`;
}

function inputsText(inputs: RunState['inputs']): string {
  const given = Object.entries(inputs).filter(([, value]) => value !== null);
  return given.length === 0 ? '' : `, ${given.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(' ')}`;
}

function summaryOf({ summary }: RunState['outputs']): string {
  return typeof summary === 'string' ? summary : 'done';
}

function proposedText(actions: readonly { readonly server: string; readonly tool: string }[] = []): string {
  if (actions.length === 0) return '';
  return `; proposes ${actions.map(({ server, tool }) => `${server}.${tool}`).join(', ')}`;
}
