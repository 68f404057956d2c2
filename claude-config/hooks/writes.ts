import { baseName } from './programs.ts';

/** Which arguments of a command are files that it changes. */
type Written = 'every' | 'last' | 'in-place';

const WRITERS: Readonly<Record<string, Written>> = {
  tee: 'every',
  rm: 'every',
  rmdir: 'every',
  unlink: 'every',
  shred: 'every',
  truncate: 'every',
  touch: 'every',
  mv: 'every',
  chmod: 'every',
  chown: 'every',
  chgrp: 'every',
  sqlite3: 'every',
  ed: 'every',
  ex: 'every',
  patch: 'every',
  sponge: 'every',
  trash: 'every',
  cp: 'last',
  ln: 'last',
  install: 'last',
  rsync: 'last',
  scp: 'last',
  sed: 'in-place',
  perl: 'in-place',
};

/** Commands that change or remove a folder with everything in it. */
const RECURSIVE = ['rm', 'rmdir', 'mv', 'chmod', 'chown', 'chgrp', 'trash'];

/** The files that a simple command changes, as far as its own arguments say. */
export function writtenBy(words: readonly string[]): {
  readonly paths: readonly string[];
  readonly wholeFolders: boolean;
} {
  const name = baseName(words[0] ?? '');
  const args = words.slice(1);
  const wholeFolders = RECURSIVE.includes(name);
  if (name === 'find') return { paths: args.some(isDeletion) ? searched(args) : [], wholeFolders: true };
  if (name === 'dd')
    return { paths: args.filter((arg) => arg.startsWith('of=')).map((arg) => arg.slice(3)), wholeFolders };
  const how = Object.hasOwn(WRITERS, name) ? WRITERS[name] : undefined;
  const operands = args.filter((arg) => !arg.startsWith('-'));
  if (how === undefined) return { paths: [], wholeFolders };
  if (how === 'every') return { paths: operands, wholeFolders };
  if (how === 'in-place') return { paths: args.some(isInPlace) ? operands : [], wholeFolders };
  return { paths: intoFolder(args, operands), wholeFolders };
}

/** `find FOLDER -delete`, `find FOLDER -exec rm {} +` */
function isDeletion(arg: string, index: number, args: readonly string[]): boolean {
  return (
    arg === '-delete' ||
    (/^-(exec|execdir|ok|okdir)$/.test(arg) && Object.hasOwn(WRITERS, baseName(args[index + 1] ?? '')))
  );
}

function searched(args: readonly string[]): readonly string[] {
  const end = args.findIndex((arg) => /^[-(!]/.test(arg));
  return args.slice(0, end);
}

function isInPlace(arg: string): boolean {
  return /^(-[a-zA-Z]*i|--in-place)/.test(arg);
}

/** The target of a copy, and what the sources would be called inside of it. */
function intoFolder(args: readonly string[], operands: readonly string[]): readonly string[] {
  const option = args.flatMap((arg, index) => (/^(-t|--target-directory)$/.test(arg) ? [args[index + 1] ?? ''] : []));
  const inline = args.flatMap((arg) => /^(?:-t|--target-directory=)(.+)/.exec(arg)?.[1] ?? []);
  const targets = [...option, ...inline, ...operands.slice(-1)];
  return targets.flatMap((target) => [target, ...operands.map((source) => `${target}/${baseName(source)}`)]);
}
