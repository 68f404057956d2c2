import { HOLE } from './marks.ts';

/** Programs that reach a cluster without the gate. Their plugins (`kubectl-foo`) and versions (`kubectl1.35`) count too. */
export const PROGRAMS = [
  'kubectl',
  'kubecolor',
  'oc',
  'k9s',
  'argocd',
  'k0s',
  'k0sctl',
  'k3s',
  'helm',
  'etcdctl',
] as const;

/** Verbs of kubectl, and the tool of our server that does the same. */
const TOOLS: Readonly<Record<string, string>> = {
  get: 'get',
  describe: 'describe',
  logs: 'logs',
  events: 'events',
  top: 'top',
  diff: 'diff',
  explain: 'explain',
  'rollout status': 'rollout_status',
  'rollout history': 'rollout_history',
  'rollout restart': 'rollout_restart',
  'rollout undo': 'rollout_undo',
  'rollout pause': 'rollout_pause',
  'rollout resume': 'rollout_resume',
  apply: 'apply',
  create: 'apply',
  replace: 'apply',
  edit: 'patch',
  patch: 'patch',
  label: 'patch',
  annotate: 'patch',
  set: 'patch',
  delete: 'delete',
  scale: 'scale',
  cordon: 'cordon',
  uncordon: 'uncordon',
  drain: 'drain',
};

/** helm's subcommands that only work on files and repositories. */
const LOCAL_HELM = ['template', 'lint', 'search', 'show', 'repo', 'pull', 'create', 'package', 'dependency', 'version'];

/** Why a command that starts with one of the programs is refused, with what to use instead; undefined: it is not one. */
export function refusal(words: readonly string[]): string | undefined {
  const program = programOf(words[0] ?? '');
  if (program === undefined) return undefined;
  const rest = words.slice(1).filter((word) => !word.startsWith('-'));
  if (program === 'helm' && LOCAL_HELM.includes(rest[0] ?? '')) return undefined;
  const start = `${program} goes round the gate that asks, checks and logs.`;
  if (program !== 'kubectl' && program !== 'kubecolor') {
    return `${start} Use the MCP servers' tools; for what they cannot do, ask the user to run it in their own terminal.`;
  }
  const verb = verbOf(rest);
  const tool = verb && TOOLS[verb];
  if (tool) return `${start} Use mcp__kubectl__${tool} instead.`;
  return `${start} Use the tools mcp__kubectl__*; for what they cannot do, ask the user to run it in their own terminal.`;
}

/** The first word that is a verb: options with values may stand before it (`kubectl -n shop get pods`). */
function verbOf(rest: readonly string[]): string | undefined {
  const candidates = rest.flatMap((word, index) => [`${word} ${rest[index + 1] ?? ''}`, word]);
  return candidates.find((candidate) => Object.hasOwn(TOOLS, candidate));
}

/** Whether a path is one of the programs. Files with other endings (`kubectl.md`) are not. */
export function isProgram(word: string): boolean {
  return programOf(word) !== undefined;
}

function programOf(word: string): string | undefined {
  const name = baseName(word)
    .toLowerCase()
    .replace(/\.exe$/, '');
  return PROGRAMS.find((program) => name === program || new RegExp(`^${program}(-[a-z]|-?v?\\d)`).test(name));
}

export function baseName(word: string): string {
  return word.slice(word.lastIndexOf('/') + 1);
}

const NAMES = [...PROGRAMS, 'k8s-agent'].join('|');
const MENTION = new RegExp(`(?<!\\w)(?:${NAMES})(?![\\w-])`, 'i');

/** Whether a text names one of the programs anywhere: the doubt on which a command that cannot be read is refused. */
export function mentions(text: string): boolean {
  return MENTION.test(text.replace(/['"\\]/g, ''));
}

/** What only a person does, at their own terminal. */
const PERSONAL = ['approve', 'reject', 'passphrase', 'uninstall', 'dashboard', 'token', 'up', 'service', 'resume'];

/** `k8s-agent approve`, however it is started: by name, by npm, by its file. The dashboard's program makes logins, which answer. */
export function answersForPerson(words: readonly string[]): boolean {
  if (words.some((word) => /(^|\/)dashboard(\.js|\/main\.ts)$/.test(word))) return true;
  const index = words.findIndex(
    (word) => /^k8s-agent(\.js|-orchestrator)?$/.test(baseName(word)) || /(^|\/)cli\/main\.ts$/.test(word),
  );
  return index !== -1 && words.slice(index + 1).some((word) => PERSONAL.includes(word) || word.includes(HOLE));
}
