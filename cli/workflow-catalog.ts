import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { agentsIn } from '../shared/config/agents.ts';
import { installedWorkflows, KNOWN_TOOLS, workflowIn } from '../shared/config/workflows.ts';
import { readCatalog } from '../shared/workflow/catalog.ts';
import type { Known, Workflow } from '../shared/workflow/definition.ts';
import type { Context } from './context.ts';

/** What a workflow file may name: this machine's agents and actions, or before an install those of this version. */
export async function knownNames({ paths, root }: Context): Promise<Known & { readonly installed: boolean }> {
  const installed = existsSync(paths.workflows);
  const names = { agents: new Map(Object.entries(agentsIn(paths.settings))), tools: KNOWN_TOOLS };
  const { actions } = await readCatalog(installed ? paths.workflows : join(root, 'workflows'), names);
  return { ...names, actions, installed };
}

/** The workflow of this name; undefined where its file is gone, or cannot be used. */
export async function findWorkflow({ paths }: Context, name: string): Promise<Workflow | undefined> {
  return existsSync(paths.workflows) ? (await installedWorkflows(paths)).workflows.get(name) : undefined;
}

/** Throws where there is none of this name, and names the nearest one. */
export async function demandWorkflow({ paths }: Context, name: string): Promise<void> {
  workflowIn(await installedWorkflows(paths), name);
}
