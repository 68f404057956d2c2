import { outsideScope } from '../policy/scope.ts';
import { schemaProblem } from './answers.ts';
import { modelProblems } from './check-head.ts';
import { actionInputProblems } from './check-inputs.ts';
import type { Placed } from './flatten.ts';
import { isTemplate } from './liquid.ts';
import { ACTIONS_PROPOSED, type Checking, isPartial } from './names.ts';
import { nearest, type Problem } from './problem.ts';
import { expressionProblems, type Names, textProblems } from './references.ts';
import type { StepFile } from './schema.ts';
import type { Path } from './source.ts';

/** What is wrong with a step that an agent does. */
export function workProblems(check: Checking, step: Placed, names: Names): readonly Problem[] {
  const { path, body } = step;
  return [
    ...whatProblems(check, step),
    ...agentProblems(check, step),
    ...modelProblems(check, [...path, 'model'], body.model, names),
    ...(body.task === undefined ? [] : textProblems(check.source, [...path, 'task'], body.task, names)),
    ...actionInputProblems(check, step, names),
    ...confirmIfProblems(check, path, body.confirm_if, names),
    ...outputProblems(check, path, body),
  ];
}

/** What it is asked, and keys that do not go with that. */
function whatProblems({ source, known, file }: Checking, { id, path, body }: Placed): readonly Problem[] {
  const action = known.actions.get(body.action ?? '');
  const [both, neither] = [
    body.task !== undefined && body.action !== undefined,
    body.task === undefined && body.action === undefined,
  ];
  const problems: Problem[] = [];
  if (both) problems.push(source.problem(path, `step "${id}" has a task and an action`, 'Write one of them.'));
  if (neither && !isPartial(file, path))
    problems.push(
      source.problem(path, `step "${id}" has neither a task, nor an action, nor branches`, 'Write one of them.'),
    );
  if (body.action !== undefined && action === undefined)
    problems.push(
      source.problem(
        [...path, 'action'],
        `unknown action "${body.action}"`,
        nearest(body.action, [...known.actions.keys()]),
      ),
    );
  if (body.outputs !== undefined)
    problems.push(
      source.problem(
        [...path, 'outputs'],
        'only action: report has outputs',
        'The schema of an answer is "output".',
        'key',
      ),
    );
  if (body.retry !== undefined && action?.changes === true)
    problems.push(
      source.problem(
        [...path, 'retry'],
        `action "${action.name}" changes things, so it is never run again by itself`,
        'Leave out retry.',
        'key',
      ),
    );
  return problems;
}

function agentProblems({ source, known, file }: Checking, { id, path, body }: Placed): readonly Problem[] {
  const action = known.actions.get(body.action ?? '');
  const agents = [...known.agents.keys()];
  const agent = body.agent ?? action?.agent;
  if (agent === undefined) {
    const unclear = isPartial(file, path) || (body.action !== undefined && action === undefined);
    return unclear ? [] : [source.problem(path, `step "${id}" has no agent`, `Valid: ${agents.join(', ')}.`)];
  }
  if (!known.agents.has(agent))
    return [source.problem([...path, 'agent'], `unknown agent "${agent}"`, nearest(agent, agents))];
  const servers = [...new Set((action?.tools ?? []).map((tool) => tool.split('.')[0] ?? ''))];
  const outside = servers.map((server) => outsideScope(agent, server)).find((reason) => reason !== undefined);
  if (outside === undefined) return [];
  return [
    source.problem(
      [...path, 'agent'],
      `action "${action?.name}" needs a tool that ${agent} does not have: ${outside.replace(/\.$/, '')}`,
    ),
  ];
}

function confirmIfProblems(
  { source }: Checking,
  path: Path,
  confirmIf: string | undefined,
  names: Names,
): readonly Problem[] {
  if (confirmIf === undefined || confirmIf === ACTIONS_PROPOSED) return [];
  if (isTemplate(confirmIf)) return expressionProblems(source, [...path, 'confirm_if'], confirmIf, names);
  return [
    source.problem(
      [...path, 'confirm_if'],
      `unknown condition "${confirmIf}"`,
      `${nearest(confirmIf, [ACTIONS_PROPOSED])} An expression is valid, too.`,
    ),
  ];
}

function outputProblems({ source }: Checking, path: Path, body: StepFile): readonly Problem[] {
  if (body.output === undefined) return [];
  if (body.action !== undefined)
    return [
      source.problem(
        [...path, 'output'],
        `the answer of action "${body.action}" is described in its own file`,
        'Leave out output.',
        'key',
      ),
    ];
  const wrong = schemaProblem(body.output);
  return wrong === undefined ? [] : [source.problem([...path, 'output'], `no valid JSON Schema: ${wrong}`)];
}
