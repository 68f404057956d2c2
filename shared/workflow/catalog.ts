import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { messageOf } from '../kernel/errors.ts';
import { loadAction } from './actions.ts';
import type { Known, NamedAction, Workflow } from './definition.ts';
import { loadWorkflow } from './load.ts';
import type { Problem } from './problem.ts';

/** Everything in a folder of workflows, the good and the bad. */
export interface Catalog {
  readonly workflows: ReadonlyMap<string, Workflow>;
  readonly actions: ReadonlyMap<string, NamedAction>;
  readonly problems: readonly Problem[];
}

const ACTIONS = 'actions';
const ENDINGS = ['.yaml', '.yml', '.md'];

/**
 * Reads a folder: `actions/*.yaml`, and every other `.yaml`, `.yml` and `.md` below it as a workflow. One bad file hides
 * no other. `known.actions` may be used besides the folder's own, which win.
 */
export async function readCatalog(
  folder: string,
  known: Omit<Known, 'actions'> & Partial<Pick<Known, 'actions'>>,
): Promise<Catalog> {
  const all = await readdir(folder, { recursive: true });
  const files = all.filter((file) => ENDINGS.includes(extname(file)) && basename(file) !== 'README.md').sort();
  const problems: Problem[] = [];
  const read = async (file: string): Promise<string> =>
    readFile(join(folder, file), 'utf8').catch((error: unknown) => {
      problems.push({ file, line: 1, column: 1, reason: `it cannot be read: ${messageOf(error)}` });
      return '';
    });
  const actions = new Map<string, NamedAction>();
  const workflows = new Map<string, Workflow>();
  const add = <T extends { readonly name: string }>(
    to: Map<string, T>,
    file: string,
    loaded: T | undefined,
    found: readonly Problem[],
  ) => {
    problems.push(...found);
    if (loaded === undefined) return;
    if (to.has(loaded.name))
      problems.push({
        file,
        line: 1,
        column: 1,
        reason: `there is another "${loaded.name}"`,
        hint: 'Names are unique in the folder.',
      });
    else to.set(loaded.name, loaded);
  };
  const isAction = (file: string) => file.split(/[\\/]/)[0] === ACTIONS;
  for (const file of files.filter(isAction)) {
    const { action, problems: found } = loadAction(await read(file), file, known);
    add(actions, file, action, found);
  }
  const usable = new Map([...(known.actions ?? []), ...actions]);
  for (const file of files.filter((name) => !isAction(name))) {
    const { workflow, problems: found } = loadWorkflow(await read(file), file, { ...known, actions: usable });
    add(workflows, file, workflow, found);
  }
  return { workflows, actions, problems };
}
