import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../../shared/kernel/errors.ts';
import type { Paths } from '../../shared/kernel/paths.ts';
import type { Context } from '../context.ts';

/** A folder of agents, skills and workflows: the one that this version brings, or a domain of the person's. */
export interface Source {
  /** The domain's name; undefined for what this version brings. */
  readonly domain?: string;
  readonly agents: string;
  readonly skills: string;
  readonly workflows: string;
}

/** Where a person puts the folders of further domains. */
export function domainFolder({ home }: Paths): string {
  return join(home, 'domains');
}

/** What this version brings, then the domains by name. */
export function sources({ root, paths }: Context): readonly Source[] {
  const own = join(root, 'claude-config');
  const domains = domainFolder(paths);
  return [
    { agents: join(own, 'agents'), skills: join(own, 'skills'), workflows: join(root, 'workflows') },
    ...foldersIn(domains).map((domain) => ({
      domain,
      agents: join(domains, domain, 'agents'),
      skills: join(domains, domain, 'skills'),
      workflows: join(domains, domain, 'workflows'),
    })),
  ];
}

/** Names of the folders in a folder, symbolic links to folders too; none where it is missing. */
function foldersIn(folder: string): readonly string[] {
  return namesIn(folder).filter((name) => statSync(join(folder, name)).isDirectory());
}

/** Paths of the files below a folder, relative to it; none where it is missing. What starts with a dot is left out. */
export function filesBelow(folder: string): readonly string[] {
  return namesIn(folder).flatMap((name) =>
    statSync(join(folder, name)).isDirectory()
      ? filesBelow(join(folder, name)).map((file) => join(name, file))
      : [name],
  );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .sort();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
