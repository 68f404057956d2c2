import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import tools from '../../shared/policy/tools.gen.json' with { type: 'json' };
import { type Catalog, readCatalog } from '../../shared/workflow/catalog.ts';
import type { Known, Workflow } from '../../shared/workflow/definition.ts';
import { loadWorkflow } from '../../shared/workflow/load.ts';
import { invalidFile } from '../../shared/workflow/problem.ts';

const here = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The agents of the seed's settings.json. */
const AGENTS = new Map([
  ['k8s-orchestrator', { model: 'opus' }],
  ...['k8s-diagnostician', 'argocd-operator', 'prometheus-analyst', 'git-operator'].map(
    (agent) => [agent, { model: 'sonnet' }] as const,
  ),
]);

export const SHIPPED: Catalog = await readCatalog(here('../workflows'), { agents: AGENTS, tools });

export const KNOWN: Known = { agents: AGENTS, tools, actions: SHIPPED.actions };

export function fixture(path: string): string {
  return readFileSync(here(`fixtures/workflows/${path}`), 'utf8');
}

/** A workflow that loads; every problem is in the error where it does not. */
export function aWorkflow(text: string, file = 'test.yaml'): Workflow {
  const { workflow, problems } = loadWorkflow(text, file, KNOWN);
  if (workflow === undefined) throw invalidFile(problems);
  return workflow;
}

/** One of the files that ship. */
export function shipped(name: string): Workflow {
  const workflow = SHIPPED.workflows.get(name);
  if (workflow === undefined) throw new Error(`${name} does not ship`);
  return workflow;
}
