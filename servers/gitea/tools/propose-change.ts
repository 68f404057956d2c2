import { z } from 'zod';
import { PULL } from '../api.ts';
import { getBranch } from '../branches.ts';
import { factsOf, secretTargets } from '../change-facts.ts';
import { planFiles } from '../changes.ts';
import { giteaTool, oncePerCall } from '../deps.ts';
import { base, body, branch, files, repo, title, why } from '../params.ts';
import { previewChange, riskText, seenOf } from '../planned-change.ts';
import { branchFor, demandFreeBranch, propose } from '../proposal.ts';
import { demandWritable, readRepo } from '../repository.ts';

const input = z.strictObject({
  repo,
  files,
  title,
  body,
  base,
  branch: branch.optional().describe('New branch; made from the title if left out.'),
  why,
});

const read = oncePerCall(async (wanted: z.output<typeof input>, { gitea }, signal) => {
  const { repo, title } = wanted;
  const repository = await readRepo(gitea, repo, signal);
  demandWritable(repository);
  const base = await getBranch(gitea, repo, wanted.base ?? repository.defaultBranch, signal);
  const changes = await planFiles(gitea, repo, base.sha, wanted.files, signal);
  const branch = wanted.branch ?? branchFor(title, base, changes);
  await demandFreeBranch(gitea, repo, branch, signal);
  return { base, changes, branch };
});

export const proposeChange = giteaTool({
  name: 'propose_change',
  summary: 'Change files by a new branch, one commit and a pull request: one approval for all. Nothing is merged.',
  verb: 'propose',
  effect: 'write',
  destructive: false,
  input,
  target: async (input, deps, signal) => {
    const { repo } = input;
    const { changes, branch } = await read(input, deps, signal);
    return [{ kind: PULL, namespace: repo, name: branch, facts: factsOf(changes) }, ...secretTargets(repo, changes)];
  },
  plan: async (input, deps, signal) => {
    const planned = await read(input, deps, signal);
    const { base, changes, branch } = planned;
    const { change, risks, details } = await previewChange(planned, deps, signal);
    const { repo, title, body } = input;
    return {
      preview: {
        change: `${change}, as a pull request into ${base.name}`,
        risk: riskText(risks, 'none until it is merged'),
        details: [title, ...(body === '' ? [] : ['', body]), '', details].join('\n'),
        seen: [seenOf(planned), branch, title, body],
      },
      run: (permit) => propose(deps.gitea, permit, { repo, base, branch, title, body, message: title, changes }),
    };
  },
});
