import { schemaProblem } from './answers.ts';
import type { KnownTool, NamedAction } from './definition.ts';
import { inputTypeProblem } from './inputs.ts';
import { REPORT } from './names.ts';
import { nearest, type Problem } from './problem.ts';
import { textProblems } from './references.ts';
import { actionSchema } from './schema.ts';
import { shapeProblems } from './shape.ts';
import { readSource, type Source } from './source.ts';

export type LoadedAction =
  | { readonly action: NamedAction; readonly problems: readonly [] }
  | { readonly action?: never; readonly problems: readonly Problem[] };

/** Reads a file of `workflows/actions/`. */
export function loadAction(
  text: string,
  file: string,
  known: { readonly agents: ReadonlyMap<string, unknown>; readonly tools: readonly KnownTool[] },
): LoadedAction {
  const source = readSource(text, file);
  if (source.problems.length > 0) return { problems: source.problems };
  const parsed = actionSchema.safeParse(source.value);
  if (!parsed.success) return { problems: shapeProblems(source, actionSchema) };
  const { data } = parsed;
  const tools = known.tools.map(({ server, tool }) => `${server}.${tool}`);
  const agents = [...known.agents.keys()];
  const problems = [
    ...data.tools.flatMap((tool, index) =>
      tools.includes(tool) ? [] : [source.problem(['tools', index], `unknown tool "${tool}"`, nearest(tool, tools))],
    ),
    ...(data.agent === undefined || agents.includes(data.agent)
      ? []
      : [source.problem(['agent'], `unknown agent "${data.agent}"`, nearest(data.agent, agents))]),
    ...promptProblems(source, data),
    ...answerProblems(source, data),
    ...Object.entries(data.inputs).flatMap(([name, input]) => {
      const wrong = input.default === undefined ? undefined : inputTypeProblem(input.type, input.default);
      return wrong === undefined ? [] : [source.problem(['inputs', name, 'default'], `input "${name}": ${wrong}`)];
    }),
  ];
  if (problems.length > 0) return { problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
  const { agent, prompt, ...rest } = data;
  const changes = known.tools.some(
    ({ server, tool, effect }) => effect !== 'read' && data.tools.includes(`${server}.${tool}`),
  );
  return { action: { ...rest, ...(agent && { agent }), ...(prompt && { prompt }), changes, text }, problems: [] };
}

function promptProblems(
  source: Source,
  { name, prompt, inputs }: { name: string; prompt?: string | undefined; inputs: object },
): readonly Problem[] {
  if (prompt === undefined)
    return name === REPORT
      ? []
      : [source.problem(['name'], `action "${name}" asks its agent nothing`, 'Write prompt: |')];
  return textProblems(source, ['prompt'], prompt, {
    roots: ['inputs'],
    inputs: Object.keys(inputs),
    steps: new Map(),
    later: [],
    alert: false,
  });
}

/** Every answer has a summary: the report is made of them. */
function answerProblems(source: Source, { output }: { output: NamedAction['output'] }): readonly Problem[] {
  const wrong = schemaProblem(output);
  if (wrong !== undefined) return [source.problem(['output'], `no valid JSON Schema: ${wrong}`)];
  const { required } = output;
  if (Array.isArray(required) && required.includes('summary')) return [];
  return [
    source.problem(
      ['output'],
      'the answer has no summary',
      'The report is made of them: add summary to properties and to required.',
    ),
  ];
}
