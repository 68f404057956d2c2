import type { GuardContext } from './context.ts';
import { GLOB, HOLE, patternOf } from './marks.ts';
import { answersForPerson, baseName, isProgram, mentions, PROGRAMS, refusal } from './programs.ts';
import { readShell, type ShellCommand } from './shell.ts';
import { innerOf, isShell } from './wrappers.ts';
import { writtenBy } from './writes.ts';

/** Scripts within scripts, and wrappers within wrappers. */
const MAX_DEPTH = 12;
/** Commands looked at for one call: more is no command line that a person would write. */
const MAX_COMMANDS = 5_000;
/** Folders that a relative path may start from. */
const MAX_FOLDERS = 64;

const PERSONAL =
  'Only a person answers approvals, sets the passphrase or takes this system out, at their own terminal. Wait for their answer, then call the same tool again with the same arguments.';
const DOUBT = 'This command hides what it runs, and it may go round the gate';

/** Why a shell command is refused; undefined where nothing speaks against it. When in doubt, it is refused. */
export function judgeShell(command: string, cwd: string, context: GuardContext): string | undefined {
  return new Judge(context, cwd).script(command, 0);
}

class Judge {
  readonly #context: GuardContext;
  /** Every folder that a relative path may start from: `cd` adds to them. */
  #folders: readonly string[];
  /** The whole command: a script within it may take its words from what stands outside of it. */
  #whole = '';
  #looked = 0;

  constructor(context: GuardContext, cwd: string) {
    this.#context = context;
    this.#folders = [cwd];
  }

  script(source: string, depth: number): string | undefined {
    if (depth > MAX_DEPTH) return `${DOUBT}: it is nested too deeply.`;
    if (depth === 0) this.#whole = source;
    const { commands, broken } = readShell(source, this.#context.variables);
    if (broken && mentions(source))
      return `${DOUBT}: it cannot be parsed and names a program that does. Write it plainly.`;
    for (const found of commands) {
      const reason = this.#command(found, depth);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  #command(found: ShellCommand, depth: number): string | undefined {
    const { protection } = this.#context;
    const written = found.writes.map((path) => protection.refusal(path, this.#folders));
    return written.find((reason) => reason !== undefined) ?? this.#fed(found, depth) ?? this.#words(found.words, depth);
  }

  /** A shell or an interpreter that reads its program from standard input. */
  #fed({ words, input, pipeline }: ShellCommand, depth: number): string | undefined {
    const shell = words.some(isShell);
    for (const text of input) {
      const reason = shell ? this.script(text, depth + 1) : undefined;
      if (reason !== undefined) return reason;
      if (isInterpreter(words[0]) && mentions(text)) return `${DOUBT}: its input names a program that does.`;
    }
    if (shell && pipeline !== undefined && mentions(pipeline)) {
      return `${DOUBT}: a shell runs what the pipeline prints, and that names a program that does.`;
    }
    return undefined;
  }

  #words(words: readonly string[], depth: number): string | undefined {
    this.#looked += 1;
    if (depth > MAX_DEPTH || this.#looked > MAX_COMMANDS) return `${DOUBT}: it is nested too deeply.`;
    const [name] = words;
    if (name === undefined) return undefined;
    const reason =
      refusal(words) ?? hidden(name, this.#whole) ?? this.#handedOn(words) ?? this.#files(words) ?? this.#follow(words);
    if (reason !== undefined) return reason;
    if (answersForPerson(words)) return PERSONAL;
    const inner = innerOf(words);
    for (const script of inner.scripts) {
      const found = this.script(script, depth + 1);
      if (found !== undefined) return found;
    }
    for (const command of inner.commands) {
      const found = this.#words(command, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Code for an interpreter, a program under another name, a script that is only made now. */
  #handedOn([name = '', ...args]: readonly string[]): string | undefined {
    const program = baseName(name);
    const code =
      isInterpreter(program) || (/^[gmn]?awk$/.test(program) && args.some((arg) => /system\s*\(|\|/.test(arg)));
    if (code && args.some((arg) => /[\s(]/.test(arg) && mentions(arg)))
      return `${DOUBT}: its code names a program that does.`;
    const renames = ['cp', 'ln', 'mv', 'install'].includes(program);
    if (renames && args.some((arg) => isProgram(arg) || (arg === HOLE && mentions(this.#whole)))) {
      return `${DOUBT}: it gives a program that does another name.`;
    }
    const sourced = (program === 'source' || program === '.') && args[0] === HOLE && mentions(this.#whole);
    return sourced ? `${DOUBT}: it runs what another command prints, and that names a program that does.` : undefined;
  }

  #files(words: readonly string[]): string | undefined {
    const { paths, wholeFolders } = writtenBy(words);
    const { protection } = this.#context;
    const reasons = paths.map((path) => protection.refusal(path, this.#folders, wholeFolders));
    return reasons.find((reason) => reason !== undefined);
  }

  #follow([name, ...args]: readonly string[]): string | undefined {
    const target = args.find((arg) => !arg.startsWith('-'));
    if ((name !== 'cd' && name !== 'pushd') || target === undefined) return undefined;
    const next = this.#folders.map((folder) => (/^[/\0]/.test(target) ? target : `${folder}/${target}`));
    this.#folders = [...new Set([...this.#folders, ...next])];
    return this.#folders.length > MAX_FOLDERS ? `${DOUBT}: it changes folders too often to be followed.` : undefined;
  }
}

function isInterpreter(name: string | undefined): boolean {
  return /^(python|node|deno|bun|perl|ruby|php|osascript|lua)[\d.]*$/.test(baseName(name ?? ''));
}

/** A program's name that the shell puts together only when it runs. */
function hidden(name: string, source: string): string | undefined {
  const base = baseName(name);
  if (!base.includes(HOLE) && !base.includes(GLOB)) return undefined;
  if (base === HOLE)
    return mentions(source) ? `${DOUBT}: a variable or substitution names the program. Write the name out.` : undefined;
  const pattern = patternOf(base);
  return [...PROGRAMS, 'k8s-agent'].some((program) => pattern.test(program))
    ? `${DOUBT}: the program's name is put together from parts. Write it out.`
    : undefined;
}
