import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { agentsIn } from '../../shared/config/agents.ts';
import { splitFrontmatter } from '../../shared/config/frontmatter.ts';
import { readSettings } from '../../shared/config/settings.ts';
import { installedWorkflows } from '../../shared/config/workflows.ts';
import { count } from '../../shared/kernel/text.ts';
import { nearest, problemText } from '../../shared/workflow/problem.ts';
import type { Context } from '../context.ts';
import { readText } from '../files.ts';
import { agentFiles, splitPrompt } from '../install/agents.ts';
import { layoutFiles } from '../install/layout.ts';
import { bad, type Finding, good, INSTALL } from './finding.ts';

/** Settings are the one place for models; a frontmatter that differs is what the client would use. */
export function agents(context: Context): Finding {
  const configured = agentsIn(context.paths.settings);
  const problems = agentFiles(context, { agents: configured }).flatMap(({ name, path }) => {
    const text = readText(path);
    if (text === undefined) return [`${path} is missing`];
    const { model } = splitPrompt(text, path).frontmatter;
    const wanted = configured[name]?.model;
    return model === wanted ? [] : [`${name}: model ${model ?? 'none'} in its file, ${wanted} in settings.json`];
  });
  if (problems.length > 0)
    return bad(problems.join('; '), `${INSTALL} (a file that you have changed is kept: correct its model by hand)`);
  return good(
    Object.entries(configured)
      .map(([name, { model }]) => `${name} (${model})`)
      .join(', '),
  );
}

/** What Claude Code needs to offer a skill as `/name`, and to run it as its agent. */
const skillSchema = z.looseObject({
  name: z.string().min(1),
  description: z.string().min(1),
  agent: z.string().exactOptional(),
  context: z.literal('fork').exactOptional(),
});

export function skills(context: Context): Finding {
  const files = layoutFiles(context, readSettings(context.paths.settings))
    .map(({ path }) => path)
    .filter((path) => path === join(context.paths.skills, basename(dirname(path)), 'SKILL.md'));
  const problems = files.flatMap((file) => skillProblem(context, file) ?? []);
  if (problems.length > 0) return bad(problems.join('; '), `${INSTALL} (a file that you have changed is kept)`);
  return good(files.map((file) => `/${basename(dirname(file))}`).join(', '));
}

function skillProblem(context: Context, file: string): string | undefined {
  const text = readText(file);
  if (text === undefined) return `${file} is missing`;
  const parsed = skillSchema.safeParse(splitFrontmatter(text, file).head);
  if (!parsed.success) return `${file}: ${z.prettifyError(parsed.error)}`;
  const { name, agent, context: where } = parsed.data;
  const folder = basename(dirname(file));
  if (name !== folder) return `${file}: name "${name}" is not that of its folder, "${folder}"`;
  if (agent === undefined) return undefined;
  if (where !== 'fork') return `${file}: agent counts only with "context: fork"`;
  const known = Object.keys(agentsIn(context.paths.settings));
  if (!known.includes(agent)) return `${file}: unknown agent "${agent}". ${nearest(agent, known)}`;
  const prompt = join(context.paths.agents, `${agent}.md`);
  return existsSync(prompt) ? undefined : `${file}: its agent's prompt ${prompt} is missing`;
}

/** Every workflow and action, with the agents of the settings and the tools of this version. */
export async function workflows({ paths }: Context): Promise<Finding> {
  const { workflows: found, actions, problems } = await installedWorkflows(paths);
  if (problems.length > 0) return bad(problems.map(problemText).join('; '), 'See: k8s-agent workflow validate');
  return good(`${count(found.size, 'workflow')}, ${count(actions.size, 'action')}`);
}
