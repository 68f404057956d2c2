import { z } from 'zod';
import { path } from '../../../shared/http/path.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { count, renderTable } from '../../../shared/kernel/text.ts';
import { below, PULL, short } from '../api.ts';
import { demandUnmoved } from '../branches.ts';
import { factsOf } from '../change-facts.ts';
import { giteaTool, oncePerCall } from '../deps.ts';
import { COMMIT_HEADER, commitRows } from '../history.ts';
import { blockers, mergeFacts } from '../merge.ts';
import { number, repo, why } from '../params.ts';
import { previewChange, riskText } from '../planned-change.ts';
import { isAgents } from '../proposal.ts';
import { describePull } from '../pulls.ts';
import { MERGE_STYLES } from '../repository.ts';

const input = z.strictObject({
  repo,
  number,
  method: z.enum(MERGE_STYLES).optional().describe('One that the repository allows; else its first.'),
  delete_branch: z.boolean().optional().describe('Delete its branch, too; else only one that an agent made.'),
  why,
});

const read = oncePerCall(({ repo, number }: z.output<typeof input>, { gitea }, signal) =>
  mergeFacts(gitea, repo, number, signal),
);

export const mergePull = giteaTool({
  name: 'merge_pull',
  summary: 'Merge a pull request. Shows diff, checks and reviews; refuses what conflicts or is not allowed yet.',
  verb: 'merge',
  effect: 'write',
  destructive: true,
  input,
  target: async (input, deps, signal) => {
    const { files } = await read(input, deps, signal);
    const facts = factsOf(files.changes);
    // What nobody could read is for a person to decide on.
    return [
      {
        kind: PULL,
        namespace: input.repo,
        name: String(input.number),
        facts: files.unread.length > 0 ? { minimumTier: 'confirm', ...facts } : facts,
      },
    ];
  },
  plan: async (input, deps, signal) => {
    const facts = await read(input, deps, signal);
    const { pull, base, commits, checks, reviews, files, repository, behind } = facts;
    const [problem] = blockers(facts);
    if (problem !== undefined)
      throw new OpsError('precondition_failed', `#${pull.number} cannot be merged: ${problem.what}.`, problem.cure);
    const method = input.method ?? repository.mergeStyles[0] ?? 'merge';
    if (!repository.mergeStyles.includes(method)) {
      throw new OpsError(
        'invalid_input',
        `${input.repo} does not allow to merge by ${method}.`,
        `It allows: ${repository.mergeStyles.join(', ')}.`,
      );
    }
    const { change, risks, details } = await previewChange({ base, changes: files.changes }, deps, signal);
    const removes = input.delete_branch ?? isAgents(pull.head.branch);
    const unsure = [
      ...(checks.state === 'none' || checks.state === 'success' ? [] : [`checks: ${checks.state}`]),
      ...(behind === 0 ? [] : [`made before the last ${count(behind, 'commit')} of ${base.name}`]),
    ];
    return {
      preview: {
        change: `${change}, into ${base.name} by ${method}${removes ? `; deletes ${pull.head.branch}` : ''}`,
        risk: riskText([...unsure, ...risks], 'Argo CD brings it to the cluster where it follows this branch'),
        details: [
          describePull(pull),
          ...unsure,
          ...checks.lines,
          ...reviews.lines,
          renderTable(COMMIT_HEADER, commitRows(commits)),
          ...files.unread.map((name) => `not shown: ${name}`),
          details,
        ].join('\n'),
        seen: [pull.head.sha, base.sha, method, removes],
      },
      run: async (permit) => {
        await demandUnmoved(deps.gitea, input.repo, base, permit.signal);
        await deps.gitea.change(permit, {
          method: 'POST',
          path: below(input.repo, path`/pulls/${String(pull.number)}/merge`),
          what: `merge of #${pull.number} of ${input.repo}`,
          // Gitea refuses when the head is no longer the one that was previewed.
          body: { Do: method, head_commit_id: pull.head.sha, delete_branch_after_merge: removes },
        });
        return {
          text: `#${pull.number} of ${input.repo} is merged into ${base.name} (it was at ${short(base.sha)}). Argo CD sees it with its next refresh: refresh_app asks for it now.`,
        };
      },
    };
  },
});
