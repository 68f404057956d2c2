import { analyzeSync, type Template as Node, Tokenizer, TokenKind } from 'liquidjs';
import { CLOSE, OPEN, SYNTAX, syntaxProblem, type TemplateProblem, topLevel, typed } from './liquid.ts';

/** A name that a template uses, as the path that it is read by. A part that is computed at run time is undefined. */
export interface Reference {
  readonly path: readonly (string | number | undefined)[];
  readonly row: number;
  readonly column: number;
}

/** What is wrong with a template as such, and the names that it uses. */
export function analyse(text: string): { readonly problems: TemplateProblem[]; readonly references: Reference[] } {
  try {
    const nodes = typed.parse(text);
    return { problems: leftovers(text), references: referencesOf(nodes) };
  } catch (error) {
    return { problems: [syntaxProblem(error)], references: [] };
  }
}

/** Liquid skips what it does not understand behind a value (`{{ steps.a b }}`); a typing error must not vanish. */
function leftovers(text: string): TemplateProblem[] {
  return topLevel(text).flatMap((token) => {
    if (token.kind !== TokenKind.Output) return [];
    const [begin, end] = [token.begin + OPEN.length, token.end - CLOSE.length];
    const value = new Tokenizer(text, typed.options.operators, undefined, [begin, end]).readFilteredValue();
    const rest = text.slice(value.end, end).replace(/-$/, '');
    const trailing = /\.\s*$/.test(text.slice(begin, value.end)) ? '.' : rest.trim();
    if (trailing === '') return [];
    const offset = rest.trim() === '' ? value.end - 1 : value.end + rest.search(/\S/);
    return [{ ...positionOf(text, offset), reason: `"${trailing}" is not understood`, hint: SYNTAX }];
  });
}

function positionOf(text: string, offset: number): { readonly row: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { row: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function referencesOf(nodes: Node[]): Reference[] {
  const { globals } = analyzeSync(nodes, { partials: false });
  return Object.values(globals)
    .flat()
    .map(({ segments, location }) => ({
      path: segments.map((segment) => (typeof segment === 'object' ? undefined : segment)),
      row: location.row,
      column: location.col,
    }));
}
