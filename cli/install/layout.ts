import { readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { Context } from '../context.ts';
import { agentFiles } from './agents.ts';
import type { WantedFile } from './owned.ts';
import { filesBelow, type Source, sources } from './sources.ts';

/** Every file that install wants in the Claude folder. Throws where two of them want the same place. */
export function layoutFiles(context: Context, settings: unknown): readonly WantedFile[] {
  const files = [
    ...agentFiles(context, settings),
    ...sources(context).flatMap((source) => [...skillFiles(context, source), ...workflowFiles(context, source)]),
  ];
  const seen = new Set<string>();
  for (const { path } of files) {
    if (seen.has(path)) throw taken(path);
    seen.add(path);
  }
  return files;
}

/** Claude Code reads `skills/<name>/SKILL.md`, and nothing of a file that lies in `skills/` itself. */
function skillFiles({ paths }: Context, { skills }: Source): readonly WantedFile[] {
  const flat = filesBelow(skills).find((file) => !file.includes(sep));
  if (flat !== undefined) {
    throw new OpsError(
      'config_invalid',
      `${join(skills, flat)} does not load: Claude Code reads folders only.`,
      `Move it to ${join(skills, flat.replace(/\.md$/, ''), 'SKILL.md')}.`,
    );
  }
  return filesBelow(skills).map((file) => copy(skills, file, join(paths.skills, file)));
}

/** Named actions go into the one folder of the catalog; the workflows of a domain into a folder of its name. */
function workflowFiles({ paths }: Context, { workflows, domain = '' }: Source): readonly WantedFile[] {
  return filesBelow(workflows).map((file) =>
    copy(workflows, file, join(paths.workflows, file.startsWith(`actions${sep}`) ? '' : domain, file)),
  );
}

function copy(folder: string, file: string, path: string): WantedFile {
  return { path, text: readFileSync(join(folder, file), 'utf8') };
}

function taken(path: string): OpsError {
  return new OpsError(
    'config_invalid',
    `${path} is wanted twice: a domain has a name that is taken.`,
    'Rename the agent, skill, action or workflow in the domain; nothing was changed.',
  );
}
