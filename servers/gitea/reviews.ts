import { path } from '../../shared/http/path.ts';
import type { Rest } from '../../shared/http/rest.ts';
import { arrayAt, isObject, stringAt } from '../../shared/kernel/json.ts';
import { oneLine } from '../../shared/kernel/text.ts';
import { below } from './api.ts';

export interface Checks {
  /** `success`, `pending`, `failure`, `error`; `none` where nothing has reported. */
  readonly state: string;
  readonly lines: readonly string[];
  readonly green: readonly string[];
}

export async function checksOf(gitea: Rest, repo: string, sha: string, signal: AbortSignal): Promise<Checks> {
  const status = await gitea.get({ path: below(repo, path`/commits/${sha}/status`), what: `checks of ${sha}` }, signal);
  const all = arrayAt(status, 'statuses').map((one) => ({
    context: oneLine(stringAt(one, 'context') ?? '', 100),
    state: stringAt(one, 'status') ?? 'pending',
  }));
  return {
    state: all.length === 0 ? 'none' : stringAt(status, 'state') || 'pending',
    lines: all.map(({ context, state }) => `check ${context}: ${state}`),
    green: all.filter(({ state }) => state === 'success').map(({ context }) => context),
  };
}

const ADVICE = 'ADVICE';
const SAID: Readonly<Record<string, string>> = {
  APPROVED: 'approved',
  [ADVICE]: 'approved, which does not count: no write access',
  REQUEST_CHANGES: 'wants changes',
};

export interface Reviews {
  readonly approvals: number;
  readonly lines: readonly string[];
  readonly rejected: boolean;
}

/** The last word of each reviewer counts; as an approval, only where they may approve (Gitea calls such reviews official). */
export async function reviewsOf(gitea: Rest, repo: string, number: number, signal: AbortSignal): Promise<Reviews> {
  const read = { path: below(repo, path`/pulls/${String(number)}/reviews`), what: `reviews of #${number}` };
  const list = await gitea.get(read, signal);
  const last = new Map<string, string>();
  for (const review of Array.isArray(list) ? list.filter(isObject) : []) {
    const state = stringAt(review, 'state') ?? '';
    if (review.dismissed === true || !['APPROVED', 'REQUEST_CHANGES'].includes(state)) continue;
    last.set(
      stringAt(review, 'user', 'login') ?? '',
      review.official === false && state === 'APPROVED' ? ADVICE : state,
    );
  }
  const by = (state: string) => [...last].filter(([, said]) => said === state).map(([who]) => who);
  return {
    approvals: by('APPROVED').length,
    lines: [...last].map(([who, state]) => `review ${who}: ${SAID[state] ?? state}`),
    rejected: by('REQUEST_CHANGES').length > 0,
  };
}
