import { z } from 'zod';
import { BRANCH, short } from '../api.ts';
import { demandPushable, demandUnmoved, getBranch } from '../branches.ts';
import { factsOf, secretTargets } from '../change-facts.ts';
import { planFiles } from '../changes.ts';
import { commitOnto } from '../commit.ts';
import { giteaTool, oncePerCall } from '../deps.ts';
import { branch, files, message, repo, why } from '../params.ts';
import { previewChange, riskText, seenOf } from '../planned-change.ts';
import { readRepo } from '../repository.ts';

const input = z.strictObject({ repo, branch, files, message, why });

const read = oncePerCall(async ({ repo, branch, files }: z.output<typeof input>, { gitea }, signal) => {
  const [repository, base] = await Promise.all([readRepo(gitea, repo, signal), getBranch(gitea, repo, branch, signal)]);
  demandPushable(repository, base);
  return { base, changes: await planFiles(gitea, repo, base.sha, files, signal) };
});

export const commitFiles = giteaTool({
  name: 'commit_files',
  summary: 'Commit files to a branch, all in one commit. Prefer propose_change for a branch that Argo CD follows.',
  verb: 'commit',
  effect: 'write',
  destructive: true,
  input,
  target: async (input, deps, signal) => {
    const { repo, branch } = input;
    const { changes } = await read(input, deps, signal);
    return [{ kind: BRANCH, namespace: repo, name: branch, facts: factsOf(changes) }, ...secretTargets(repo, changes)];
  },
  plan: async (input, deps, signal) => {
    const planned = await read(input, deps, signal);
    const { base, changes } = planned;
    const { change, risks, details } = await previewChange(planned, deps, signal);
    return {
      preview: {
        change,
        risk: riskText(risks, 'Argo CD brings it to the cluster where it follows this branch'),
        details: `${input.message.trimEnd()}\n\n${details}`,
        seen: [seenOf(planned), input.message],
      },
      run: async (permit) => {
        await demandUnmoved(deps.gitea, input.repo, base, permit.signal);
        const made = { repo: input.repo, branch: base.name, parent: base.sha, message: input.message, changes };
        const sha = await commitOnto(deps.gitea, permit, made);
        return { text: `Commit ${short(sha)} is on ${base.name} of ${input.repo}: ${change}.` };
      },
    };
  },
});
