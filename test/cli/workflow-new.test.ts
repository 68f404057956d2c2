import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { installLayout } from '../../cli/install/install.ts';
import { aMachine } from './machine.ts';
import { aWorkflowMachine } from './workflows.ts';

const SCHEMA_LINE = /^# yaml-language-server: \$schema=(?<schema>\S+)\n/;

/** What an editor does with a file: it follows the first line to the schema, and checks the rest with it. */
function checkAsEditor(
  file: string,
  text = readFileSync(file, 'utf8'),
): { readonly schema: string; readonly ok: boolean } {
  const named = SCHEMA_LINE.exec(text)?.groups?.schema;
  if (named === undefined) throw new Error(`${file} names no schema`);
  const schema = join(dirname(file), named);
  const { success } = z.fromJSONSchema(JSON.parse(readFileSync(schema, 'utf8'))).safeParse(parse(text));
  return { schema, ok: success };
}

describe('the schema for editors', () => {
  it('is named by every YAML file that install writes, those of a domain included, and is there, and accepts it', () => {
    const { context } = aMachine();
    const { home, workflows } = context.paths;
    cpSync(join(context.root, 'examples/research'), join(home, 'domains/research'), { recursive: true });
    installLayout(context);
    const files = readdirSync(workflows, { recursive: true, encoding: 'utf8' }).filter(
      (name) => extname(name) === '.yaml',
    );
    expect(files).toContain('research/research-brief.yaml');
    expect(files.length).toBeGreaterThan(25);
    for (const name of files) {
      const { schema, ok } = checkAsEditor(join(workflows, name));
      const wanted = name.startsWith('actions/') ? 'action.schema.gen.json' : 'workflow.schema.gen.json';
      expect({ name, schema: relative(workflows, schema), ok }).toEqual({ name, schema: wanted, ok: true });
    }
  });

  it('refuses what is no workflow', () => {
    const { workflows } = aWorkflowMachine().context.paths;
    const file = join(workflows, 'health/cluster-health-check.yaml');
    const text = readFileSync(file, 'utf8');
    expect(checkAsEditor(file, text.replace('steps:', 'stepz:')).ok).toBe(false);
    expect(checkAsEditor(file, text.replace(/^name: .*$/m, 'name: Not A Name')).ok).toBe(false);
  });
});

describe('k8s-agent workflow new', () => {
  it('writes a workflow that validates, that can be started, and that an editor checks', async () => {
    const machine = aWorkflowMachine();
    const file = join(machine.context.paths.workflows, 'watch-shop.yaml');
    const { code, output } = await machine.k8sAgent('workflow', 'new', 'watch-shop');
    expect([code, output]).toEqual([0, `${file} is written. Change it, then: k8s-agent workflow validate\n`]);
    expect((await machine.k8sAgent('workflow', 'validate', file)).output).toBe('No problem in 1 file.\n');
    expect(checkAsEditor(file)).toEqual({
      schema: join(machine.context.paths.workflows, 'workflow.schema.gen.json'),
      ok: true,
    });
    expect((await machine.k8sAgent('workflow', 'run', 'watch-shop', '-i', 'namespace=shop')).code).toBe(0);
  });

  it('writes examples into it that are valid as soon as their # is taken away', async () => {
    const machine = aWorkflowMachine();
    await machine.k8sAgent('workflow', 'new', 'watch-shop');
    const file = join(machine.context.paths.workflows, 'watch-shop.yaml');
    const text = readFileSync(file, 'utf8').replace(/^#(?=\S| {2})/gm, '');
    const all = machine.workflow('watch-all.yaml', text.replace('name: watch-shop', 'name: watch-all'));
    expect((await machine.k8sAgent('workflow', 'validate', all)).output).toBe('No problem in 1 file.\n');
    expect((await machine.k8sAgent('workflow', 'show', 'watch-all')).output).toMatch(
      /starts +manual\n +0 \*\/6 \* \* \* \(UTC\)\n +alert alertname=KubePodNotReady\n[\s\S]*approves +restart pod\n +always asks +scale\n +one at a time watch-shop-/,
    );
  });

  it('--markdown writes a prompt with a title', async () => {
    const machine = aWorkflowMachine();
    const file = join(machine.context.paths.workflows, 'clean_up-shop.md');
    expect((await machine.k8sAgent('workflow', 'new', 'clean_up-shop', '--markdown')).output).toContain(file);
    expect(readFileSync(file, 'utf8')).toContain('\n# Clean up shop\n');
    expect((await machine.k8sAgent('workflow', 'validate', file)).output).toBe('No problem in 1 file.\n');
  });

  it('asks an agent that there is', async () => {
    const machine = aWorkflowMachine();
    machine.file(
      '.claude/settings.json',
      '{"agents": {"librarian": {"model": "haiku", "promptFile": "agents/librarian.md"}}}',
    );
    await machine.k8sAgent('workflow', 'new', 'find-book');
    expect((await machine.k8sAgent('workflow', 'show', 'find-book')).output).toMatch(/\nlook +librarian /);
  });

  it.each([
    ['a name that is no name', 'Watch', /^"Watch": name: a name has lower-case letters/],
    ['a name that leads elsewhere', '../watch', /^"\.\.\/watch": name: a name has lower-case letters/],
    [
      'the name of a workflow in another folder',
      'rollback-app',
      /^There is a workflow "rollback-app" \(deploy\/rollback-app\.yaml\)\./,
    ],
  ])('refuses %s', async (_, name, told) => {
    const machine = aWorkflowMachine();
    const { code, output } = await machine.k8sAgent('workflow', 'new', name);
    expect(code).toBe(1);
    expect(output).toMatch(told);
    expect(existsSync(join(machine.context.paths.workflows, `${name}.yaml`))).toBe(false);
  });

  it('never overwrites a file, also one that cannot be used', async () => {
    const machine = aWorkflowMachine();
    const file = machine.workflow('mine.yaml', 'half of a ');
    const { code, output } = await machine.k8sAgent('workflow', 'new', 'mine');
    expect([code, output]).toEqual([1, `${file} is there already.\nTake another name.\n`]);
    expect(readFileSync(file, 'utf8')).toBe('half of a ');
  });
});
