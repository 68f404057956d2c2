import type { GuardContext } from './context.ts';
import { GLOB, HOLE, patternOf } from './marks.ts';
import { answersForPerson, baseName, mentions, PROGRAMS, refusal } from './programs.ts';
import { readShell, type ShellCommand } from './shell.ts';
import { innerOf, isShell } from './wrappers.ts';
import { writtenBy } from './writes.ts';

/** Scripts within scripts, and wrappers within wrappers. */
const MAX_DEPTH = 12;
/** Commands looked at for one call: more is no command line that a person would write. */
const MAX_COMMANDS = 5_000;

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
  readonly #folders: string[];
  #looked = 0;

  constructor(context: GuardContext, cwd: string) {
    this.#context = context;
    this.#folders = [cwd];
  }

  script(source: string, depth: number): string | undefined {
    if (depth > MAX_DEPTH) return `${DOUBT}: it is nested too deeply.`;
    const { commands, broken } = readShell(source, this.#context.variables);
    if (broken && mentions(source))
      return `${DOUBT}: it cannot be parsed and names a program that does. Write it plainly.`;
    for (const found of commands) {
      const reason = this.#command(found, source, depth);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  #command(found: ShellCommand, source: string, depth: number): string | undefined {
    const { protection } = this.#context;
    const written = found.writes.map((path) => protection.refusal(path, this.#folders));
    return (
      written.find((reason) => reason !== undefined) ??
      this.#fed(found, depth) ??
      this.#words(found.words, source, depth)
    );
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

  #words(words: readonly string[], source: string, depth: number): string | undefined {
    this.#looked += 1;
    if (depth > MAX_DEPTH || this.#looked > MAX_COMMANDS) return `${DOUBT}: it is nested too deeply.`;
    const [name] = words;
    if (name === undefined) return undefined;
    const reason = refusal(words) ?? hidden(name, source) ?? this.#inline(words) ?? this.#files(words);
    if (reason !== undefined) return reason;
    if (answersForPerson(words)) return PERSONAL;
    this.#follow(words);
    const inner = innerOf(words);
    for (const script of inner.scripts) {
      const found = this.script(script, depth + 1);
      if (found !== undefined) return found;
    }
    for (const command of inner.commands) {
      const found = this.#words(command, source, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #inline(words: readonly string[]): string | undefined {
    const code = isInterpreter(words[0]) && words.slice(1).find((word) => /[\s(]/.test(word) && mentions(word));
    return code ? `${DOUBT}: its code names a program that does.` : undefined;
  }

  #files(words: readonly string[]): string | undefined {
    const { paths, wholeFolders } = writtenBy(words);
    const { protection } = this.#context;
    const reasons = paths.map((path) => protection.refusal(path, this.#folders, wholeFolders));
    return reasons.find((reason) => reason !== undefined);
  }

  #follow([name, ...args]: readonly string[]): void {
    const target = args.find((arg) => !arg.startsWith('-'));
    if ((name !== 'cd' && name !== 'pushd') || target === undefined) return;
    this.#folders.push(...this.#folders.map((folder) => (target.startsWith('/') ? target : `${folder}/${target}`)));
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
