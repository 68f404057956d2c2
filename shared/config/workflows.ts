import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { digest } from '../kernel/digest.ts';
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

/** The last reading of each folder: a reading takes 150 ms, and a run asks for one with every call of its agents. */
const read = new Map<string, { readonly version: string; readonly catalog: Promise<Catalog> }>();

/** The workflows of this machine, by its agents. Throws an `OpsError` before an install. */
export async function installedWorkflows({ workflows, settings }: Paths): Promise<Catalog> {
  if (!existsSync(workflows)) {
    throw new OpsError(
      'precondition_failed',
      `There are no workflows: ${workflows} is missing.`,
      'A person runs: k8s-agent install',
    );
  }
  const version = await versionOf(workflows, settings);
  const known = read.get(workflows);
  if (known?.version === version) return known.catalog;
  const agents = new Map(Object.entries(agentsIn(settings)));
  // Those who come while it is being read wait for it: a daemon that takes over many runs asks for all of them at once.
  const catalog = readCatalog(workflows, { agents, tools: KNOWN_TOOLS });
  read.set(workflows, { version, catalog });
  catalog.catch(() => read.delete(workflows));
  return catalog;
}

/** Changes with every change of a file: name, size, time in nanoseconds, inode. */
async function versionOf(folder: string, settings: string): Promise<string> {
  const names = (await readdir(folder, { recursive: true })).sort().map((name) => join(folder, name));
  const facts = await Promise.all(
    [...names, settings].map(async (path) => {
      const found = await stat(path, { bigint: true }).catch(() => undefined);
      return `${path} ${found?.size} ${found?.mtimeNs} ${found?.ctimeNs} ${found?.ino}`;
    }),
  );
  return digest(facts);
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
