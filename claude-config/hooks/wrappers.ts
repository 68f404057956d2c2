import { baseName } from './programs.ts';

/** What a command runs besides itself: other commands (their words), or scripts (their text). */
export interface Inner {
  readonly commands: readonly (readonly string[])[];
  readonly scripts: readonly string[];
}

const NOTHING: Inner = { commands: [], scripts: [] };

/** Programs that run the command behind their options, and how many arguments of their own stand before it. */
const WRAPPERS: Readonly<Record<string, number>> = {
  env: 0,
  sudo: 0,
  doas: 0,
  run0: 0,
  pkexec: 0,
  runuser: 0,
  nice: 0,
  ionice: 0,
  chrt: 1,
  taskset: 1,
  nohup: 0,
  setsid: 0,
  timeout: 1,
  time: 0,
  stdbuf: 0,
  unbuffer: 0,
  xargs: 0,
  command: 0,
  builtin: 0,
  exec: 0,
  watch: 0,
  strace: 0,
  ltrace: 0,
  chroot: 1,
  nsenter: 0,
  unshare: 0,
  flock: 1,
  'systemd-run': 0,
  caffeinate: 0,
  parallel: 0,
  entr: 0,
  direnv: 2,
  mise: 1,
  npx: 0,
  bunx: 0,
  busybox: 0,
};

const SHELLS = ['bash', 'sh', 'zsh', 'dash', 'ksh', 'ash', 'fish'];

/** Programs that hand any of their arguments to a shell, here or elsewhere. */
const CARRIERS = [
  'ssh',
  'su',
  'script',
  'tmux',
  'screen',
  'expect',
  'parallel',
  'watch',
  'flock',
  'at',
  'trap',
  'nix-shell',
];
const CONTAINERS = ['docker', 'podman', 'nerdctl', 'ctr'];

export function isShell(word: string): boolean {
  return SHELLS.includes(baseName(word));
}

export function innerOf(words: readonly string[]): Inner {
  const name = baseName(words[0] ?? '');
  const args = words.slice(1);
  if (name === 'command' && /^-[pvV]*[vV]/.test(args[0] ?? '')) return NOTHING;
  if (name === 'eval') return { commands: [], scripts: [args.join(' ')] };
  if (name === 'alias') return { commands: [], scripts: args.map((arg) => arg.slice(arg.indexOf('=') + 1)) };
  if (name === 'find' || name === 'fd')
    return { commands: afterFlags(args, /^(-exec|-execdir|-ok|-okdir|-x|-X)$/), scripts: [] };
  if (isShell(name)) return { commands: [], scripts: shellScripts(args) };
  if (CONTAINERS.includes(name)) return args.some((arg) => arg === 'run' || arg === 'exec') ? carried(args) : NOTHING;
  const own = CARRIERS.includes(name) ? carried(args) : NOTHING;
  const skip = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined;
  if (skip === undefined) return own;
  const split = name === 'env' ? args.filter((arg) => /\s/.test(arg)) : [];
  return { commands: [...own.commands, ...candidates(args, skip)], scripts: [...own.scripts, ...split] };
}

/**
 * Where the wrapped command may begin. Which options take a value differs by program and version, so a word behind an
 * option counts both as its value and as the command.
 */
function candidates(args: readonly string[], skip: number): (readonly string[])[] {
  const found: (readonly string[])[] = [];
  let left = skip;
  let afterOption = false;
  for (const [index, word] of args.entries()) {
    if (word.startsWith('-') || /^\w+=/.test(word)) {
      afterOption = word.startsWith('-');
      continue;
    }
    found.push(args.slice(index));
    if (!afterOption && left === 0) break;
    if (!afterOption) left -= 1;
    afterOption = false;
  }
  return found;
}

function afterFlags(args: readonly string[], flag: RegExp): (readonly string[])[] {
  return args.flatMap((arg, index) => (flag.test(arg) ? [args.slice(index + 1)] : []));
}

/** `-c`, alone or in a cluster (`-lc`): the next argument is a script, the ones behind it may be run by it. */
function shellScripts(args: readonly string[]): readonly string[] {
  const index = args.findIndex((arg) => /^-[a-z]*c[a-z]*$/i.test(arg) || arg === '--command');
  return index === -1 ? [] : args.slice(index + 1);
}

/** An image is a command as well: `docker run bitnami/kubectl:1.35 get pods`. */
function carried(args: readonly string[]): Inner {
  const commands = args.map((arg, index) => [arg.replace(/[:@].*$/, ''), ...args.slice(index + 1)]);
  return { commands, scripts: args.filter((arg) => /\s/.test(arg)) };
}
