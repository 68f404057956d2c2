import { cpSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../cli/program.ts';
import { aMachine } from './machine.ts';
import { aWorkflowMachine } from './workflows.ts';

const BROKEN = join(import.meta.dirname, '../fixtures/workflows/broken');
const GOLDEN = join(import.meta.dirname, '../golden/workflows-broken.txt');

describe('k8s-agent workflow validate', () => {
  it('says all that is wrong with 33 broken files at once, each with line, column, reason and the nearest name', async () => {
    const { machine, output, folder } = aMachine();
    const broken = join(folder, 'broken');
    cpSync(BROKEN, broken, { recursive: true });
    for (const name of readdirSync(broken)) renameSync(join(broken, name), join(broken, name.replace(/\.txt$/, '')));
    expect(await runCli(['workflow', 'validate', broken], machine)).toBe(1);
    const [note, ...lines] = output().replaceAll(`${broken}/`, '').trimEnd().split('\n');
    const golden = readFileSync(GOLDEN, 'utf8').split('\n');
    expect(note).toBe('Not installed (k8s-agent install): checked with the agents and actions of this version.');
    expect(lines.slice(0, -1)).toEqual(golden.filter((line) => line !== ''));
    expect(lines.at(-1)).toBe(`${lines.length - 1} problems in 33 of 33 files.`);
  });

  it('checks what is installed where nothing is named', async () => {
    const machine = aWorkflowMachine();
    const { code, output } = await machine.k8sAgent('workflow', 'validate');
    expect([code, output]).toEqual([0, expect.stringMatching(/^No problem in \d\d files\.\n$/)]);
    machine.workflow('health/look.yaml', 'name: look\nsteps: [{ agent: k8s-diagnosticain, task: Look. }]\n');
    machine.workflow(
      'actions/bad.yaml',
      'name: bad\ndescription: Bad.\ntools: [kubectl.gett]\noutput: { type: object }\n',
    );
    const again = await machine.k8sAgent('workflow', 'validate');
    const folder = machine.context.paths.workflows;
    expect(again.code).toBe(1);
    expect(again.output).toContain(`${folder}/health/look.yaml:2:18: unknown agent "k8s-diagnosticain". Did you mean`);
    expect(again.output).toContain(
      `${folder}/actions/bad.yaml:3:9: unknown tool "kubectl.gett". Did you mean "kubectl.get"?`,
    );
    expect(again.output).toMatch(/\n4 problems in 2 of \d\d files\.\n$/);
  });

  it('knows the agents of the settings and the actions of the machine, also for files elsewhere', async () => {
    const machine = aWorkflowMachine();
    const own = machine.file('repo/own.yaml', 'name: own\nsteps: [{ agent: librarian, action: find-book }]\n');
    const before = await machine.k8sAgent('workflow', 'validate', own);
    expect(before.output).toContain(`${own}:2:18: unknown agent "librarian"`);
    expect(before.output).toContain(`${own}:2:37: unknown action "find-book"`);
    machine.file(
      '.claude/settings.json',
      '{"agents": {"librarian": {"model": "haiku", "promptFile": "agents/librarian.md"}}}',
    );
    machine.workflow(
      'actions/find-book.yaml',
      'name: find-book\ndescription: Finds.\ntools: []\nprompt: Find it.\noutput: { type: object, properties: { summary: { type: string } }, required: [summary] }\n',
    );
    const after = await machine.k8sAgent('workflow', 'validate', own);
    expect([after.code, after.output]).toEqual([0, 'No problem in 1 file.\n']);
  });

  it('reads a file in a folder "actions" as an action, and lets the actions of a folder win', async () => {
    const machine = aWorkflowMachine();
    const look = machine.file(
      'repo/actions/restart-pod.yaml',
      'name: restart-pod\ndescription: Ours.\ntools: []\nprompt: Look at {{ inputs.shelf }}.\ninputs: { shelf: {} }\noutput: { type: object, properties: { summary: { type: string } }, required: [summary] }\n',
    );
    machine.file(
      'repo/own.yaml',
      'name: own\nsteps: [{ agent: git-operator, action: restart-pod, inputs: { shelf: a } }]\n',
    );
    expect((await machine.k8sAgent('workflow', 'validate', look)).output).toBe('No problem in 1 file.\n');
    const folder = look.replace('/actions/restart-pod.yaml', '');
    expect((await machine.k8sAgent('workflow', 'validate', folder)).output).toBe('No problem in 2 files.\n');
  });

  it('goes on to the next file where one cannot be read', async () => {
    const machine = aWorkflowMachine();
    const bad = machine.file('bad.yaml', 'name: Bad\nsteps: [{ agent: git-operator, task: Look. }]\n');
    const gone = join(machine.folder, 'gone.yaml');
    const { code, output } = await machine.k8sAgent('workflow', 'validate', gone, bad);
    expect(code).toBe(1);
    expect(output).toMatch(/gone\.yaml:1:1: it cannot be read: ENOENT/);
    expect(output).toContain(`${bad}:1:7: name: a name has lower-case letters`);
    expect(output).toMatch(/\n2 problems in 2 of 2 files\.\n$/);
  });

  it('does not call a folder valid that has no workflow', async () => {
    const machine = aWorkflowMachine();
    const folder = machine.file('empty/notes.txt', 'none').replace('/notes.txt', '');
    const { code, output } = await machine.k8sAgent('workflow', 'validate', folder);
    expect([code, output]).toEqual([1, `There is no workflow file in ${folder}.\nThey end in .yaml, .yml or .md.\n`]);
  });
});
