import {
  type CommandArgument,
  forEachChild,
  parse,
  type Redirection,
  type SyntaxNode,
  type Word,
  type WordPart,
} from 'unbash';
import { GLOB, HOLE } from './marks.ts';

/** A simple command as far as it is known before it runs. */
export interface ShellCommand {
  /** Quotes and escapes taken off, known variables filled in. */
  readonly words: readonly string[];
  /** Files that its redirections write. */
  readonly writes: readonly string[];
  /** Here-documents and here-strings that it reads. */
  readonly input: readonly string[];
  /** The pipeline that feeds it, as written; undefined for the first command of one. */
  readonly pipeline: string | undefined;
}

export interface ShellScript {
  readonly commands: readonly ShellCommand[];
  /** The parser did not understand all of it. */
  readonly broken: boolean;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Every simple command in a script, those inside substitutions, functions and conditions too. */
export function readShell(source: string, variables: Variables): ShellScript {
  const commands: ShellCommand[] = [];
  let broken = false;
  const visit = (node: SyntaxNode, pipeline: string | undefined): void => {
    if (node.type === 'Script' && 'errors' in node && (node.errors?.length ?? 0) > 0) broken = true;
    if (node.type === 'Command') {
      const words = [...(node.name ? [node.name] : []), ...node.args].map((word) => argument(word, variables));
      commands.push({ words, pipeline, ...redirected(node.redirects, variables) });
    }
    if (node.type === 'Redirected') commands.push({ words: [], pipeline, ...redirected(node.redirects, variables) });
    const inner = node.type === 'Pipeline' ? source.slice(node.pos, node.end) : undefined;
    let first = true;
    forEachChild(node, (child) => {
      visit(child, inner === undefined || first ? pipeline : inner);
      if (inner !== undefined && child.type !== 'Time' && child.type !== 'Negation') first = false;
    });
  };
  visit(parse(source), undefined);
  return { commands, broken };
}

function redirected(redirects: readonly Redirection[], variables: Variables): Pick<ShellCommand, 'writes' | 'input'> {
  const writes: string[] = [];
  const input: string[] = [];
  for (const redirect of redirects) {
    if (redirect.type === 'HereDoc') input.push(redirect.body.text);
    else if (redirect.target === undefined) continue;
    else if (redirect.type === 'HereString') input.push(wordOf(redirect.target, variables));
    else if (redirect.operator !== '<' && redirect.operator !== '<&') writes.push(wordOf(redirect.target, variables));
  }
  return { writes, input };
}

function argument(arg: CommandArgument, variables: Variables): string {
  if (arg.type === 'Word') return wordOf(arg, variables);
  const value = arg.value.type === 'Word' ? wordOf(arg.value, variables) : HOLE;
  return `${arg.name}=${value}`;
}

function wordOf(word: Word, variables: Variables): string {
  const value = word.parts === undefined ? word.value : word.parts.map((part) => partOf(part, variables)).join('');
  return /^~(?=\/|$)/.test(word.text) ? value.replace('~', () => variables.HOME ?? HOLE) : value;
}

function partOf(part: WordPart, variables: Variables): string {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return part.value;
    case 'DoubleQuoted':
    case 'LocaleString':
      return part.parts.map((inner) => partOf(inner, variables)).join('');
    case 'Glob':
    case 'ExtendedGlob':
      return GLOB;
    case 'SimpleExpansion':
      return variables[part.text.slice(1)] ?? HOLE;
    case 'ParameterExpansion':
      return isPlain(part) ? (variables[part.parameter] ?? HOLE) : HOLE;
    default:
      return HOLE;
  }
}

function isPlain({ prefix, index, operation }: Extract<WordPart, { type: 'ParameterExpansion' }>): boolean {
  return prefix === undefined && index === undefined && operation === undefined;
}
