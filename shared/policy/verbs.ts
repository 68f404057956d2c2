import { closest } from 'fastest-levenshtein';

export type Tier = 'safe' | 'confirm' | 'forbidden';

/** Strictness, for "the stricter one wins". */
export const STRICTNESS: Readonly<Record<Tier, number>> = { safe: 0, confirm: 1, forbidden: 2 };

interface VerbFacts {
  /** The tier where the user's settings say nothing (design: section 8). */
  readonly tier: Tier;
  /** Other spellings, as words. */
  readonly aliases?: readonly string[];
  /** The only kinds that the verb's tools act on; absent means any. */
  readonly kinds?: readonly string[];
  /** No tool has it, by design; a rule may still name it, as the seed's `reset` does. */
  readonly reserved?: true;
}

const NODE = ['node', 'nodes', 'no'];
const POD = ['pod', 'pods', 'po'];

/** Every verb that a rule may name. */
export const VERBS: Readonly<Record<string, VerbFacts>> = {
  get: { tier: 'safe' },
  list: { tier: 'safe' },
  describe: { tier: 'safe' },
  logs: { tier: 'safe', aliases: ['log'] },
  events: { tier: 'safe' },
  top: { tier: 'safe' },
  diff: { tier: 'safe' },
  explain: { tier: 'safe' },
  health: { tier: 'safe' },
  status: { tier: 'safe', aliases: ['rollout status'] },
  history: { tier: 'safe', aliases: ['rollout history'] },
  search: { tier: 'safe' },
  query: { tier: 'safe' },
  refresh: { tier: 'safe' },
  restart: { tier: 'safe', kinds: POD },
  start: { tier: 'safe' },
  report: { tier: 'safe' },
  cancel: { tier: 'safe' },
  apply: { tier: 'confirm' },
  patch: { tier: 'confirm', aliases: ['edit'] },
  delete: { tier: 'confirm' },
  scale: { tier: 'confirm', aliases: ['scale replicas'] },
  'rollout restart': { tier: 'confirm' },
  'rollout undo': { tier: 'confirm' },
  'rollout pause': { tier: 'confirm' },
  'rollout resume': { tier: 'confirm' },
  create: { tier: 'confirm' },
  update: { tier: 'confirm', aliases: ['set parameters'] },
  sync: { tier: 'confirm' },
  rollback: { tier: 'confirm' },
  terminate: { tier: 'confirm' },
  expire: { tier: 'confirm' },
  propose: { tier: 'confirm' },
  commit: { tier: 'confirm' },
  revert: { tier: 'confirm' },
  merge: { tier: 'confirm' },
  comment: { tier: 'confirm' },
  close: { tier: 'confirm' },
  cordon: { tier: 'forbidden', kinds: NODE },
  uncordon: { tier: 'forbidden', kinds: NODE },
  drain: { tier: 'forbidden', kinds: NODE },
  reset: { tier: 'forbidden', reserved: true },
  exec: { tier: 'forbidden', reserved: true },
  attach: { tier: 'forbidden', reserved: true },
  cp: { tier: 'forbidden', reserved: true },
  'port forward': { tier: 'forbidden', reserved: true },
};

/** A rule that names a family covers all of its verbs; its verbs share one default tier. */
export const FAMILIES = ['rollout'] as const;

/** Every spelling of a verb or family, longest first, so that `rollout restart` is found before `rollout`. */
const SPELLINGS: readonly (readonly [spelling: string, verb: string])[] = [
  ...FAMILIES.map((family) => [family, family] as const),
  ...Object.entries(VERBS).flatMap(([verb, { aliases = [] }]) => [verb, ...aliases].map((s) => [s, verb] as const)),
].sort(([a], [b]) => b.split(' ').length - a.split(' ').length);

/** Takes the verb off the front of a rule's words. */
export function takeVerb(
  words: readonly string[],
): { readonly verb: string; readonly rest: readonly string[] } | undefined {
  const text = `${words.join(' ')} `;
  const found = SPELLINGS.find(([spelling]) => text.startsWith(`${spelling} `));
  if (found === undefined) return undefined;
  const [spelling, verb] = found;
  return { verb, rest: words.slice(spelling.split(' ').length) };
}

export function nearestVerb(word: string): string {
  return closest(
    word,
    SPELLINGS.map(([spelling]) => spelling),
  );
}

/** Whether a rule's verb covers an action's: the same, or its family. */
export function covers(ruleVerb: string, verb: string): boolean {
  return ruleVerb === verb || verb.startsWith(`${ruleVerb} `);
}

/** Why no tool could ever match `verb` on `kind`, or undefined. */
export function impossibleKind(verb: string, kind: string): string | undefined {
  const kinds = Object.hasOwn(VERBS, verb) ? VERBS[verb]?.kinds : undefined;
  if (kinds === undefined || kinds.includes(kind)) return undefined;
  return `${verb} only ever acts on a ${kinds[0]}`;
}
