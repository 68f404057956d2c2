import { existsSync } from 'node:fs';
import { OpsError } from '../kernel/errors.ts';
import type { Paths } from '../kernel/paths.ts';
import { count } from '../kernel/text.ts';
import tools from '../policy/tools.gen.json' with { type: 'json' };
import { type Catalog, readCatalog } from '../workflow/catalog.ts';
import type { KnownTool, Workflow } from '../workflow/definition.ts';
import { nearest } from '../workflow/problem.ts';
import { agentsIn } from './agents.ts';

/** The tools that a workflow may name. */
export const KNOWN_TOOLS: readonly KnownTool[] = tools;

/** The workflows of this machine, by its agents. Throws an `OpsError` before an install. */
export async function installedWorkflows({ workflows, settings }: Paths): Promise<Catalog> {
  if (!existsSync(workflows)) {
    throw new OpsError(
      'precondition_failed',
      `There are no workflows: ${workflows} is missing.`,
      'A person runs: k8s-agent install',
    );
  }
  return readCatalog(workflows, { agents: new Map(Object.entries(agentsIn(settings))), tools: KNOWN_TOOLS });
}

/** The workflow of this name. Throws an `OpsError` with the nearest one, and with how many files cannot be used. */
export function workflowIn({ workflows, problems }: Catalog, name: string): Workflow {
  const found = workflows.get(name);
  if (found !== undefined) return found;
  const broken = new Set(problems.map(({ file }) => file)).size;
  const hint = nearest(name, [...workflows.keys()].sort());
  const more = broken === 0 ? '' : ` ${count(broken, 'file')} cannot be used: k8s-agent workflow validate.`;
  throw new OpsError('not_found', `There is no workflow "${name}".`, `${hint}${more}`);
}
