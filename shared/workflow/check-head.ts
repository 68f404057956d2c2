import { OpsError } from '../kernel/errors.ts';
import { parseRunAutonomy } from '../policy/policy.ts';
import { inputTypeProblem } from './inputs.ts';
import { isTemplate } from './liquid.ts';
import { type Checking, MODEL_NAMES, namesBefore } from './names.ts';
import { nearest, type Problem } from './problem.ts';
import { expressionProblems, type Names, textProblems } from './references.ts';
import type { Path } from './source.ts';
import { triggerProblems } from './triggers.ts';

const BUILT_IN_OUTPUTS = ['summary', 'actions-taken'];

/** What is wrong above and around the steps. */
export function headProblems(check: Checking): readonly Problem[] {
  const { source, file } = check;
  const start = namesBefore(check, 0);
  const key = file.concurrency?.key;
  return [
    ...modelProblems(check, ['model'], file.model, start),
    ...triggerProblems(source, file.trigger),
    ...Object.entries(file.inputs ?? {}).flatMap(([name, input]) => {
      const wrong = input.default === undefined ? undefined : inputTypeProblem(input.type, input.default);
      return wrong === undefined ? [] : [source.problem(['inputs', name, 'default'], `input "${name}": ${wrong}`)];
    }),
    ...autonomyProblems(check),
    ...(key === undefined ? [] : textProblems(source, ['concurrency', 'key'], key, start)),
    ...outputsProblems(check, ['outputs'], file.outputs, namesBefore(check, check.placed.length)),
    ...agentlessProblems(check),
  ];
}

export function modelProblems(
  { source }: Checking,
  path: Path,
  model: string | undefined,
  names: Names,
): readonly Problem[] {
  if (model === undefined || MODEL_NAMES.includes(model)) return [];
  if (isTemplate(model)) return expressionProblems(source, path, model, names);
  return [source.problem(path, `unknown model "${model}"`, nearest(model, MODEL_NAMES))];
}

/** Outputs by name are collected from the answers; so some answer has to have them. */
export function outputsProblems(
  { source }: Checking,
  path: Path,
  outputs: readonly string[] | Readonly<Record<string, string>> | undefined,
  names: Names,
): readonly Problem[] {
  if (outputs === undefined) return [];
  if (!isList(outputs))
    return Object.entries(outputs).flatMap(([name, text]) => textProblems(source, [...path, name], text, names));
  const fields = [...names.steps.values()];
  if (fields.includes(undefined)) return [];
  const valid = [...new Set([...BUILT_IN_OUTPUTS, ...fields.flatMap((known) => known ?? [])])];
  return outputs.flatMap((name, index) =>
    valid.includes(name) ? [] : [source.problem([...path, index], `no step answers "${name}"`, nearest(name, valid))],
  );
}

function isList(outputs: readonly string[] | Readonly<Record<string, string>>): outputs is readonly string[] {
  return Array.isArray(outputs);
}

function autonomyProblems({ source, file }: Checking): readonly Problem[] {
  return (['auto_approve', 'always_confirm'] as const).flatMap((key) =>
    (file.autonomy?.[key] ?? []).flatMap((rule, index) => {
      try {
        parseRunAutonomy('check', { [key]: [rule] });
        return [];
      } catch (error) {
        if (!(error instanceof OpsError)) throw error;
        const reason = error.message.replace(/^workflow \w+: /, '').replace(/\.$/, '');
        return [source.problem(['autonomy', key, index], reason, error.hint)];
      }
    }),
  );
}

function agentlessProblems({ source, file, known }: Checking): readonly Problem[] {
  const implicit = file.steps === undefined && !known.agents.has(ORCHESTRATOR);
  return implicit
    ? [
        source.problem(
          ['name'],
          `a workflow without steps is for ${ORCHESTRATOR}, and there is no such agent`,
          nearest(ORCHESTRATOR, [...known.agents.keys()]),
        ),
      ]
    : [];
}

/** Who gets a workflow without steps of its own. */
export const ORCHESTRATOR = 'k8s-orchestrator';
