import { path } from '../../shared/http/path.ts';
import type { Rest } from '../../shared/http/rest.ts';
import { isObject, stringAt } from '../../shared/kernel/json.ts';
import { oneLine } from '../../shared/kernel/text.ts';
import { below } from './api.ts';

/** Gitea keeps a pull request's comments with its issue. */
export function commentsPath(repo: string, number: number): string {
  return below(repo, path`/issues/${String(number)}/comments`);
}

const LAST = 10;

export async function commentsOf(
  gitea: Rest,
  repo: string,
  number: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const list = await gitea.get({ path: commentsPath(repo, number), what: `comments of #${number}` }, signal);
  const comments = Array.isArray(list) ? list.filter(isObject) : [];
  return comments
    .slice(-LAST)
    .map((one) => `comment ${stringAt(one, 'user', 'login') ?? ''}: ${oneLine(stringAt(one, 'body') ?? '', 300)}`);
}
