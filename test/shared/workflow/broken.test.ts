import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadAction } from '../../../shared/workflow/actions.ts';
import { loadWorkflow } from '../../../shared/workflow/load.ts';
import { problemText } from '../../../shared/workflow/problem.ts';
import { fixture, KNOWN } from '../../support/workflows.ts';

const files = readdirSync(fileURLToPath(new URL('../../fixtures/workflows/broken', import.meta.url))).sort();

/** They end in .txt, so that no formatter or linter takes offence. */
const problemsOf = (file: string) =>
  loadWorkflow(fixture(`broken/${file}`), file.replace(/\.txt$/, ''), KNOWN).problems;

describe('a broken workflow file', () => {
  it('says all that is wrong, with line, column, reason and the nearest valid name', async () => {
    const told = files.map((file) => problemsOf(file).map(problemText).join('\n'));
    await expect(`${told.join('\n\n')}\n`).toMatchFileSnapshot('../../golden/workflows-broken.txt');
  });

  it.each(files)('%s does not load, and its problems are in the order of the lines', (file) => {
    const lines = problemsOf(file).map(({ line }) => line);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines).toEqual(lines.toSorted((a, b) => a - b));
  });

  it('that is huge or full of aliases is refused at once', () => {
    const bomb = `name: bomb\na: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c]\n`;
    expect(loadWorkflow(bomb, 'bomb.yaml', KNOWN).problems.map(problemText)).toEqual([
      'bomb.yaml:1:1: Excessive alias count indicates a resource exhaustion attack.',
    ]);
    expect(loadWorkflow('x'.repeat(300_000), 'huge.yaml', KNOWN).problems).toHaveLength(1);
  });

  it('that is cut anywhere never makes the loader throw', () => {
    const text = fixture('seed/pod-crashloop.yaml');
    for (let length = 0; length < text.length; length += 1) {
      expect(() => loadWorkflow(text.slice(0, length), 'cut.yaml', KNOWN)).not.toThrow();
    }
  });
});

describe('a broken file of a named action', () => {
  it('says all that is wrong', () => {
    const text = `name: look-around
description: Looks.
agent: k8s-diagnosticain
inputs:
  pod: { type: string, default: 3 }
tools: [kubectl.gett]
prompt: Look at {{ inputs.pd }}.
output:
  type: object
  properties:
    cause: { type: string }
`;
    expect(
      loadAction(text, 'actions/look-around.yaml', KNOWN).problems.map(problemText).join('\n'),
    ).toMatchInlineSnapshot(`
      "actions/look-around.yaml:3:8: unknown agent "k8s-diagnosticain". Did you mean "k8s-diagnostician"? Valid: k8s-orchestrator, k8s-diagnostician, argocd-operator, prometheus-analyst, git-operator.
      actions/look-around.yaml:5:33: input "pod": expected a string, not number.
      actions/look-around.yaml:6:9: unknown tool "kubectl.gett". Did you mean "kubectl.get"? Valid: kubectl.apply, kubectl.cordon, kubectl.delete, kubectl.describe, kubectl.diff, kubectl.drain, kubectl.events, kubectl.explain, kubectl.get, kubectl.health, kubectl.logs, kubectl.patch, kubectl.restart_pod, kubectl.rollout_history, kubectl.rollout_pause, kubectl.rollout_restart, kubectl.rollout_resume, kubectl.rollout_status, kubectl.rollout_undo, kubectl.scale, and 56 more.
      actions/look-around.yaml:7:20: unknown input "pd". Did you mean "pod"? Valid: pod.
      actions/look-around.yaml:9:3: the answer has no summary. The report is made of them: add summary to properties and to required."
    `);
  });
});
