import { z } from 'zod';
import { KNOWN_TOOLS, workflowIn } from '../../../shared/config/workflows.ts';
import { changedBy, type Place } from '../../../shared/drive/forward.ts';
import { digest } from '../../../shared/kernel/digest.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import type { JsonObject } from '../../../shared/kernel/json.ts';
import { checkAnswer } from '../../../shared/workflow/answers.ts';
import { failedEvent, finishedEvent } from '../../../shared/workflow/outcomes.ts';
import { type WorkflowsDeps, workflowsTool } from '../deps.ts';
import { drive } from '../drive.ts';
import { instruction } from '../instruction.ts';
import { RUN, run, step, text } from '../params.ts';

const input = z.strictObject({
  run,
  step: step.optional(),
  answer: z.record(z.string(), z.json()).optional().describe('The agent’s JSON object, unchanged.'),
  failed: text(2000).optional().describe('Why there is no answer.'),
});
type Report = z.output<typeof input>;

export const reportStep = workflowsTool({
  name: 'report_step',
  verb: 'report',
  summary:
    'Hands in the answer of a step and gets the next instruction, or what the answer lacks. With the run alone: where it goes on. Asks a person where the run needs one.',
  effect: 'write',
  destructive: false,
  input,
  target: ({ run: name }) => [{ kind: RUN, name }],
  plan: async (given, deps) => {
    const checked = await check(given, deps);
    return {
      preview: { change: 'records an answer', risk: 'none to the cluster', details: checked.what, seen: null },
      run: async ({ grant }) => {
        const holder = deps.sessions.of(given.run);
        if (holder !== undefined && grant.session !== undefined && holder !== grant.session) {
          throw new OpsError(
            'precondition_failed',
            `Run ${given.run} belongs to another session.`,
            'Take it up with start and its run, if that session is gone.',
          );
        }
        await record(given, deps, checked.answer);
        return { text: instruction(await drive(deps, given.run)) };
      },
    };
  },
});

interface Checked {
  readonly what: string;
  readonly answer?: JsonObject;
}

/** A wrong answer goes back before anything is stored. */
async function check({ run: id, step: name, answer, failed }: Report, deps: WorkflowsDeps): Promise<Checked> {
  if (answer === undefined && failed === undefined) return { what: 'asks where the run goes on' };
  if (name === undefined || (answer !== undefined && failed !== undefined)) {
    throw new OpsError(
      'invalid_input',
      'Give step with either answer or failed.',
      'Or run alone, to ask for the next instruction.',
    );
  }
  if (answer === undefined) return { what: `step ${name} failed` };
  const workflow = workflowIn(await deps.catalog(), (await (await deps.runs()).get(id)).workflow);
  const work = workflow.steps.find((candidate) => candidate.id === name);
  if (work?.kind !== 'work') {
    const names = workflow.steps.filter(({ kind }) => kind === 'work').map((candidate) => candidate.id);
    throw new OpsError(
      'invalid_input',
      `${workflow.name} has no step "${name}" that an agent does.`,
      `Steps: ${names.join(', ')}.`,
    );
  }
  const checked = checkAnswer(work, answer, KNOWN_TOOLS);
  if (checked.ok) return { what: `the answer of step ${name}`, answer: checked.answer };
  throw new OpsError(
    'invalid_input',
    `The answer of step ${name} does not fit: ${checked.missing.join('; ')}.`,
    `Have it completed by the same agent, and report again. Schema: ${JSON.stringify(work.answer)}`,
  );
}

async function record({ run: id, step: name, failed }: Report, deps: WorkflowsDeps, answer: JsonObject | undefined) {
  if (name === undefined || (answer === undefined && failed === undefined)) return;
  const place = await drive(deps, id);
  if (answer !== undefined && isKnown(place, name, answer)) return;
  const changed = failed === undefined ? undefined : await changedBy(deps, place, name);
  await (await deps.runs()).record(id, (state, at) =>
    answer === undefined
      ? failedEvent(place.workflow, state, name, { reason: failed ?? '', changed: changed ?? 'unknown' }, at)
      : finishedEvent(place.workflow, state, name, answer, at),
  );
}

/** The same answer again: its first reply was lost on the way. */
function isKnown({ state }: Place, name: string, answer: JsonObject): boolean {
  const step = state.steps[name];
  return step !== undefined && 'answer' in step && digest(step.answer) === digest(answer);
}
