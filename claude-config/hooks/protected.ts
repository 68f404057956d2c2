import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pathsIn } from '../../shared/kernel/paths.ts';
import { GLOB, HOLE, patternOf } from './marks.ts';

export interface Protection {
  /** Why this path must not be written; undefined where it may. `wholeFolders`: a folder above counts too (`rm -r`). */
  refusal(path: string, folders: readonly string[], wholeFolders?: boolean): string | undefined;
}

interface Guarded {
  readonly path: string;
  readonly why: string;
}

const FLOOR = 'No configuration lifts this: ask the user to edit it themselves.';

/** What belongs to this system below a Claude folder, and the programs that run it. */
export function protect(home: string, programs: string): Protection {
  const guarded = [...filesIn(home), { path: programs, why: 'the programs of this system' }].flatMap(withRealPath);
  return {
    refusal: (path, folders, wholeFolders = false) => {
      const known = folders.filter((folder) => !folder.startsWith(HOLE));
      const hit = known
        .flatMap((folder) => spellings(path, folder))
        .map(
          (spelling) =>
            guarded.find(({ path: own }) => touches(spelling, own, wholeFolders))?.why ?? projectSettings(spelling),
        )
        .find((why) => why !== undefined);
      return hit === undefined
        ? unknownStart(path, folders)
        : `This would change ${hit}, which decides what agents may do. ${FLOOR}`;
    },
  };
}

function filesIn(home: string): readonly Guarded[] {
  const paths = pathsIn(home);
  return [
    { path: paths.settings, why: 'the settings with the policy and this guard' },
    { path: join(home, 'settings.local.json'), why: 'the local settings' },
    { path: paths.config, why: 'the configuration of the servers' },
    { path: paths.agents, why: 'the agents' },
    { path: paths.skills, why: 'the skills, whose !`commands` run without this guard' },
    { path: join(home, 'commands'), why: 'the commands, whose !`commands` run without this guard' },
    { path: join(home, 'plugins'), why: 'the plugins' },
    { path: paths.workflows, why: 'the workflows' },
    { path: join(home, 'domains'), why: 'the domains that install reads' },
    { path: join(home, 'hooks'), why: 'the hooks' },
    { path: join(home, 'logs'), why: 'the audit log' },
    { path: paths.state, why: 'the approvals and state' },
    { path: join(home, '.claude.json'), why: 'the registered servers' },
    // Beside the default folder; only there the client keeps it outside.
    ...(basename(home) === '.claude'
      ? [{ path: join(dirname(home), '.claude.json'), why: 'the registered servers' }]
      : []),
  ];
}

function withRealPath(guarded: Guarded): readonly Guarded[] {
  const real = realPath(guarded.path);
  return real === guarded.path ? [guarded] : [guarded, { ...guarded, path: real }];
}

/** A project's own settings can switch hooks off, and `!` lines of its skills and commands run past them. */
function projectSettings(path: string): string | undefined {
  if (/\/\.claude\/settings(\.local)?\.json$/i.test(path))
    return "a project's settings, which can switch this guard off";
  return /\/\.claude\/(skills|commands|agents|hooks)\//i.test(path)
    ? "a project's skills, commands, agents or hooks, which can run past this guard"
    : undefined;
}

function spellings(path: string, folder: string): readonly string[] {
  const full = resolve(folder, path);
  return hasMarks(full) ? [full] : [...new Set([full, realPath(full)])];
}

/** With symbolic links followed as far as the path exists. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}

/** Whether `path`, with its unknown parts, may be `own`, inside of it, or (`above`) a folder around it. */
function touches(path: string, own: string, above: boolean): boolean {
  const [mine, theirs] = [segments(path), segments(own)];
  if (mine.length < theirs.length && !above) return false;
  return mine.slice(0, theirs.length).every((segment, index) => patternOf(segment).test(theirs[index] ?? ''));
}

function segments(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function hasMarks(path: string): boolean {
  return path.includes(HOLE) || path.includes(GLOB);
}

const OURS =
  /(^|\/)(settings(\.local)?\.json|k8s-agent\.yaml|k8s-agent(\/|$)|logs\/(actions|workflows)|\.claude(\.json|\/|$))/i;

/** `$DIR/settings.json`: where it starts is not known, so its end decides. */
function unknownStart(path: string, folders: readonly string[]): string | undefined {
  const somewhere =
    path.startsWith(HOLE) || (!path.startsWith('/') && folders.some((folder) => folder.startsWith(HOLE)));
  if (!somewhere || !OURS.test(path.replace(HOLE, ''))) return undefined;
  return `This may change this system's own files: its path starts with something that only the shell knows. Write the path out, or leave these files alone. ${FLOOR}`;
}
