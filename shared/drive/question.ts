import { stringify } from 'yaml';
import type { Answer, Caller, Planned, Verdict } from '../gate/call.ts';
import { pass } from '../gate/gate.ts';
import { count, oneLine } from '../kernel/text.ts';
import type { DriveDeps, Place } from './forward.ts';
import { type Answered, actionsOf, asCall, isQuestion, type Question, settledEvent } from './proposal.ts';

/**
 * Asks a person where the run needs one: through the gate, as for every other yes. Undefined where it needs nobody.
 * `then` says what comes next, when the answer has been recorded.
 */
export async function askPerson(
  deps: DriveDeps,
  place: Place,
  caller: Caller,
  then: () => Promise<string>,
): Promise<Verdict | undefined> {
  const { command, state, workflow } = place;
  if (!isQuestion(command)) return undefined;
  const why =
    command.kind === 'ask-person' ? command.proposal.actions.map((action) => action.why).join('; ') : command.reason;
  const call = {
    ...asCall(command, state.run),
    why,
    actions: async () => actionsOf(command, state.run),
    effect: { kind: 'write' as const, plan: async () => planFor(deps, place, command, then) },
  };
  return pass(deps.ports, call, {
    ...caller,
    run: { id: state.run, rules: [], workflow: workflow.name, step: command.step },
  });
}

function planFor(deps: DriveDeps, place: Place, command: Question, then: () => Promise<string>): Planned {
  const { run } = place.state;
  const decide = async (answer: Answered): Promise<Answer> => {
    const event = settledEvent(command, answer, deps.ports.clock.now());
    await (await deps.runs()).record(run, () => event);
    return { text: await then() };
  };
  return {
    preview: previewOf(place, command),
    run: (permit) => {
      const { id, by } = permit.grant.approval ?? {};
      return decide({ decision: 'approved', by: by ?? 'a person', ...(id !== undefined && { approval: id }) });
    },
    rejected: async (approval) =>
      (await decide({ decision: 'rejected', by: approval.settled?.by ?? 'a person', approval: approval.id })).text,
  };
}

function previewOf({ workflow, state }: Place, command: Question): Planned['preview'] {
  const { step } = command;
  const where = `Workflow ${workflow.name}, run ${state.run}, step ${step}.`;
  if (command.kind === 'ask-outcome') {
    return {
      change: `step ${step} of ${workflow.name}: did it happen?`,
      risk: 'approve: the run goes on as if it had succeeded; reject: it has failed',
      details: `${where}\nNobody knows what this step did: ${command.reason}\nLook at its target first. Approve: it is done. Reject: it has failed.`,
      seen: [state.run, step, state.length],
    };
  }
  const { actions, digest } = command.proposal;
  const list = actions.map(
    ({ server, tool, input, why }, index) => `${index + 1}. ${server}.${tool}\n${stringify({ input, why })}`,
  );
  return {
    change: oneLine(
      `${count(actions.length, 'call')}: ${actions.map(({ server, tool }) => `${server}.${tool}`).join(', ')}`,
      200,
    ),
    risk: 'exactly these calls, one after the other; the first that fails ends it',
    details: `${where}\nOne yes is for all of these calls, with exactly these arguments:\n\n${list.join('\n')}`,
    seen: digest,
  };
}
