import { z } from 'zod';
import { count, oneLine, renderTable } from '../../../shared/kernel/text.ts';
import { BRANCH, short } from '../api.ts';
import { type Branch, branchesOf } from '../branches.ts';
import { giteaTool } from '../deps.ts';
import { page, repo } from '../params.ts';
import { readRepo } from '../repository.ts';

const PAGE = 50;

export const listBranches = giteaTool({
  name: 'list_branches',
  summary: 'List branches with their last commit and protection.',
  verb: 'list',
  effect: 'read',
  input: z.strictObject({ repo, page }),
  target: ({ repo }) => [{ kind: BRANCH, namespace: repo }],
  run: async ({ repo, page }, { gitea }, signal) => {
    const { defaultBranch } = await readRepo(gitea, repo, signal);
    const branches = await branchesOf(gitea, repo, page, signal);
    const more = branches.length === PAGE ? ` More: page=${page + 1}.` : '';
    const text = `${count(branches.length, 'branch', 'branches')}; default ${defaultBranch}.${more}`;
    const rows = branches.map((branch) => [
      branch.name,
      short(branch.sha),
      rulesOf(branch),
      oneLine(branch.subject, 100),
    ]);
    return rows.length === 0 ? { text } : { text, data: renderTable(['BRANCH', 'COMMIT', 'RULES', 'SUBJECT'], rows) };
  },
});

function rulesOf({ protected: isProtected, canPush, canMerge, approvals, checks }: Branch): string {
  if (!isProtected) return '-';
  const rules = [
    !canPush && 'no push',
    !canMerge && 'no merge',
    approvals > 0 && count(approvals, 'review'),
    checks.length > 0 && `checks: ${checks.join(' ')}`,
  ].filter((rule) => rule !== false);
  return rules.join(', ') || 'protected';
}
