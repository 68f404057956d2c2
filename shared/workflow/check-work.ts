import { isObject, type Json } from '../kernel/json.ts';
import { outsideScope } from '../policy/scope.ts';
import { schemaProblem } from './answers.ts';
import { modelProblems } from './check-head.ts';
import type { NamedAction } from './definition.ts';
import type { Placed } from './flatten.ts';
import { inputTypeProblem } from './inputs.ts';
import { ACTIONS_PROPOSED, type Checking } from './names.ts';
import { nearest, type Problem } from './problem.ts';
import { expressionProblems, type Names, textProblems } from './references.ts';
import type { StepFile } from './schema.ts';
import type { Path } from './source.ts';
import { isTemplate } from './template.ts';

/** What is wrong with a step that an agent does. */
export function workProblems(check: Checking, step: Placed, body: StepFile, names: Names): readonly Problem[] {
  const { source, known } = check;
  const { id, path } = step;
  const action = body.action === undefined ? undefined : known.actions.get(body.action);
  const what = [body.task, body.action].filter((part) => part !== undefined).length;
  const problems: Problem[] = [];
  if (what !== 1)
    problems.push(
      source.problem(
        path,
        `step "${id}" has ${what === 0 ? 'neither a task, nor an action, nor branches' : 'a task and an action'}`,
        'Write one of them.',
      ),
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
  return [
    ...problems,
    ...agentProblems(check, step, body, action),
    ...modelProblems(check, [...path, 'model'], body.model, names),
    ...(body.task === undefined ? [] : textProblems(source, [...path, 'task'], body.task, names)),
    ...inputProblems(check, step, body, action, names),
    ...confirmIfProblems(check, path, body.confirm_if, names),
    ...outputProblems(check, path, body),
  ];
}

function agentProblems(
  { source, known }: Checking,
  { id, path }: Placed,
  body: StepFile,
  action: NamedAction | undefined,
): readonly Problem[] {
  const agents = [...known.agents.keys()];
  const agent = body.agent ?? action?.agent;
  if (agent === undefined)
    return body.action !== undefined && action === undefined
      ? []
      : [source.problem(path, `step "${id}" has no agent`, `Valid: ${agents.join(', ')}.`)];
  if (!known.agents.has(agent))
    return [source.problem([...path, 'agent'], `unknown agent "${agent}"`, nearest(agent, agents))];
  const servers = [...new Set((action?.tools ?? []).map((tool) => tool.split('.')[0] ?? ''))];
  const outside = servers.map((server) => outsideScope(agent, server)).find((reason) => reason !== undefined);
  return outside === undefined
    ? []
    : [
        source.problem(
          [...path, 'agent'],
          `action "${action?.name}" needs a tool that ${agent} does not have`,
          outside[0]?.toUpperCase() + outside.slice(1),
        ),
      ];
}

function inputProblems(
  { source }: Checking,
  { path }: Placed,
  body: StepFile,
  action: NamedAction | undefined,
  names: Names,
): readonly Problem[] {
  const given = body.inputs ?? {};
  if (body.action === undefined)
    return body.inputs === undefined
      ? []
      : [source.problem([...path, 'inputs'], 'only an action has inputs', 'Write them into the task.', 'key')];
  const templates = textPaths(given, [...path, 'inputs']).flatMap(([at, text]) =>
    textProblems(source, at, text, names),
  );
  if (action === undefined) return templates;
  const valid = Object.keys(action.inputs);
  const unknown = Object.keys(given).filter((name) => !valid.includes(name));
  const missing = valid.filter((name) => action.inputs[name]?.required === true && given[name] === undefined);
  const wrongType = Object.entries(given).flatMap(([name, value]) => {
    const type = action.inputs[name]?.type;
    const wrong =
      type === undefined || (typeof value === 'string' && isTemplate(value))
        ? undefined
        : inputTypeProblem(type, value);
    return wrong === undefined ? [] : [source.problem([...path, 'inputs', name], `input "${name}": ${wrong}`)];
  });
  return [
    ...templates,
    ...unknown.map((name) =>
      source.problem(
        [...path, 'inputs', name],
        `action "${action.name}" has no input "${name}"`,
        nearest(name, valid),
        'key',
      ),
    ),
    ...missing.map((name) =>
      source.problem(
        [...path, body.inputs === undefined ? 'action' : 'inputs'],
        `action "${action.name}" needs the input "${name}"`,
      ),
    ),
    ...wrongType,
  ];
}

function textPaths(value: Json, path: Path): readonly (readonly [Path, string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((item: Json, index) => textPaths(item, [...path, index]));
  return isObject(value)
    ? Object.entries(value).flatMap(([key, item]: [string, Json]) => textPaths(item, [...path, key]))
    : [];
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
