import { iso } from '../../shared/kernel/clock.ts';
import { maskText } from '../../shared/kernel/secrets.ts';
import { count } from '../../shared/kernel/text.ts';
import { agentsFor } from '../../shared/policy/scope.ts';
import type { StepRequest } from '../../shared/workflow/command.ts';
import { isEnded } from '../../shared/workflow/state.ts';
import { requestOf } from '../../shared/workflow/step-command.ts';
import { stepText } from '../../shared/workflow/timeline.ts';
import type { Standing } from './drive.ts';

/** What the chat's orchestrator has to do next for a run, in words that leave nothing to decide. */
export function instruction(place: Standing): string {
  const { state, workflow } = place;
  if (isEnded(state)) return ended(place);
  return `Run ${state.run} of ${workflow.name}. ${nextOf(place)}`;
}

function nextOf({ state, workflow, command, locked, changed = 'nothing' }: Standing): string {
  const again = `report_step with run "${state.run}" alone`;
  if (locked) return `It waits, since another run holds "${state.lock}". Later call ${again}.`;
  switch (command.kind) {
    case 'await-step': {
      const step = workflow.steps.find(({ id }) => id === command.step);
      if (step?.kind !== 'work') return `Call ${again}.`;
      if (changed !== 'nothing') return begun(state.run, step.id);
      return delegation(state.run, requestOf(workflow, state, step, command.attempt));
    }
    case 'execute': {
      const { server, tool, input } = command.action;
      const total = state.steps[command.step];
      const of = total?.status === 'executing' ? total.proposal.actions.length : 1;
      return [
        `Approved: call ${command.index + 1} of ${of} of step ${command.step}.`,
        `Delegate to ${agentsFor(server)}: call mcp__${server}__${tool} once, with exactly these arguments and no others:`,
        JSON.stringify(input),
        `It asks nobody again. Then call ${again}.`,
      ].join('\n');
    }
    case 'await-action':
      return `An approved call of step ${command.step} is being executed. When it has answered, call ${again}.`;
    case 'ask-person':
      return `${count(command.proposal.actions.length, 'proposed call')} of step ${command.step} ${command.proposal.actions.length === 1 ? 'waits' : 'wait'} for a person. To ask them, call ${again}.`;
    case 'ask-outcome':
      return `Nobody knows what step ${command.step} did (${command.reason}). A person has to look and decide: to ask them, call ${again}.`;
    case 'verify':
      return `It has changed something because of an alert: the daemon sees whether that has helped. Later call ${again}.`;
    case 'wait':
      return `The next attempt comes at ${iso(command.until)}. Then call ${again}.`;
    default:
      return `Call ${again}.`;
  }
}

function delegation(run: string, { step, agent, model, free, prompt, answer, confirm, tools }: StepRequest): string {
  const self = agent === 'k8s-orchestrator';
  return [
    self
      ? `Step ${step}: do it yourself.`
      : `Step ${step}: delegate to ${agent} (${model}) with the Agent tool. ${free ? 'You may choose another model by the complexity of the task.' : 'Use this model.'} Hand over everything between the lines, word for word.`,
    ...(confirm ? ['A person confirms every change of this step.'] : []),
    ...(tools ? [`Tools of this step: ${tools.join(', ') || 'none'}.`] : []),
    '----------',
    maskText(prompt).trimEnd(),
    '',
    'Answer with one JSON object by this schema, and nothing else:',
    JSON.stringify(answer),
    '----------',
    `Then call report_step with run "${run}", step "${step}" and that object as answer, unchanged; or failed with the reason where there is none.`,
  ].join('\n');
}

/** It is never done a second time, whatever became of its agent. */
function begun(run: string, step: string): string {
  return `Step ${step} was handed out before, and has changed something since: do not delegate it again. Call report_step with run "${run}", step "${step}" and its agent’s answer, or failed with what is known.`;
}

function ended({ state, workflow }: Standing): string {
  const outputs = Object.entries(state.outputs).map(
    ([name, value]) => `${name}: ${maskText(typeof value === 'string' ? value : JSON.stringify(value))}`,
  );
  return [
    `Run ${state.run} of ${workflow.name} has ended: ${state.status}${state.reason ? ` (${state.reason})` : ''}.`,
    ...Object.entries(state.steps).map(([id, step]) => `- ${id}: ${stepText(step)}`),
    ...(outputs.length > 0 ? ['Outputs:', ...outputs] : []),
    'Tell the user what it found and what was changed.',
  ].join('\n');
}
