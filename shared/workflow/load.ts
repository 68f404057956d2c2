import { basename } from 'node:path/posix';
import { stringAt } from '../kernel/json.ts';
import { headProblems } from './check-head.ts';
import { stepProblems } from './check-step.ts';
import { compile, type Origin } from './compile.ts';
import type { Known, Workflow } from './definition.ts';
import { flatten } from './flatten.ts';
import { nearest, type Problem } from './problem.ts';
import { frontmatterSchema, workflowSchema } from './schema.ts';
import { salvage, shapeProblems } from './shape.ts';
import { readSource, type Source } from './source.ts';

/** A workflow, or everything that is wrong with its file, in the order of the lines. */
export type Loaded =
  | { readonly workflow: Workflow; readonly problems: readonly [] }
  | { readonly workflow?: never; readonly problems: readonly Problem[] };

/** Reads a workflow file: `.md` is a prompt with a title, everything else is YAML. `file` is only for messages. */
export function loadWorkflow(text: string, file: string, known: Known): Loaded {
  return file.endsWith('.md') ? loadMarkdown(text, file, known) : loadYaml(text, file, known);
}

function loadYaml(text: string, file: string, known: Known): Loaded {
  const source = readSource(text, file);
  if (source.problems.length > 0) return failed(source.problems);
  const problems = [...shapeProblems(source, workflowSchema), ...meaning(source, known)];
  const parsed = workflowSchema.safeParse(source.value);
  if (problems.length > 0 || !parsed.success) return failed(problems);
  return { workflow: compile(parsed.data, known, { file, text }), problems: [] };
}

function meaning(source: Source, known: Known): readonly Problem[] {
  const file = salvage(source.value);
  const placed = flatten(file.steps ?? []);
  const check = { source, known, file, placed };
  return [...headProblems(check), ...placed.flatMap((_step, index) => stepProblems(check, index))];
}

const FRONTMATTER = /^---\r?\n(?<yaml>[\s\S]*?)\r?\n?---\r?\n/;

function loadMarkdown(text: string, file: string, known: Known): Loaded {
  const yaml = FRONTMATTER.exec(text)?.groups?.yaml ?? '';
  const body = text.replace(FRONTMATTER, '').trim();
  const source = readSource(yaml, file, yaml === '' ? 1 : 2);
  if (source.problems.length > 0) return failed(source.problems);
  const value = source.value ?? {};
  const title = /^#\s+(?<title>.+?)\s*#*$/m.exec(body)?.groups?.title;
  const problems = [...shapeProblems(source, frontmatterSchema, value), ...meaning(source, known)];
  if (title === undefined)
    problems.push({
      file,
      line: 1,
      column: 1,
      reason: 'a Markdown workflow has no heading',
      hint: 'Its first heading (# Title) is its title.',
    });
  const parsed = frontmatterSchema.safeParse(value);
  const agent = stringAt(value, 'agent');
  if (agent !== undefined && !known.agents.has(agent))
    problems.push(source.problem(['agent'], `unknown agent "${agent}"`, nearest(agent, [...known.agents.keys()])));
  if (problems.length > 0 || !parsed.success) return failed(problems);
  const origin: Origin = { file, text, prompt: body, ...(title && { title }), ...(agent && { agent }) };
  return {
    workflow: compile({ ...parsed.data, name: parsed.data.name ?? basename(file, '.md') }, known, origin),
    problems: [],
  };
}

function failed(problems: readonly Problem[]): Loaded {
  const seen = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return { problems: [...seen.values()].sort((a, b) => a.line - b.line || a.column - b.column) };
}
