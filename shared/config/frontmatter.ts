import { parse } from 'yaml';
import { messageOf, OpsError } from '../kernel/errors.ts';

/** What stands between the two lines of "---" that a file begins with, as YAML, and the text below. */
export function splitFrontmatter(text: string, file: string): { readonly head: unknown; readonly body: string } {
  const { head, body } = /^---\r?\n(?<head>[\s\S]*?)\r?\n---\r?\n(?<body>[\s\S]*)$/.exec(text)?.groups ?? {};
  if (head === undefined || body === undefined) return { head: undefined, body: text };
  try {
    return { head: parse(head), body };
  } catch (error) {
    const hint = 'Correct what stands between the two lines of "---".';
    throw new OpsError('config_invalid', `${file}: ${messageOf(error)}`, hint, { cause: error });
  }
}
