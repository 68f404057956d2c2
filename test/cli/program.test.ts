import { describe, expect, it } from 'vitest';
import { runCli } from '../../cli/program.ts';
import { aMachine } from './machine.ts';

async function mistaken(...args: readonly string[]): Promise<string> {
  const { machine, output } = aMachine();
  expect(await runCli(args, machine)).toBe(1);
  return output();
}

describe('the command line', () => {
  it.each([
    ['workflow', 'stauts', 'status', 'list, show, validate, run, status, cancel, breaker, resume, new'],
    ['service', 'instal', 'install', 'install, uninstall, status'],
    ['notify', 'tset', 'test', 'list, test'],
    ['approvals', 'shw', 'show', 'list, show'],
    ['token', 'creat', 'create', 'create, list, revoke'],
    ['dashboard', 'lnik', 'link', 'serve, link'],
  ])('names the nearest command of %s to "%s", though one runs without a name', async (group, word, nearest, all) => {
    expect(await mistaken(group, word)).toBe(
      `error: unknown command '${word}'\nDid you mean "${nearest}"? Valid: ${all}.\nSee: k8s-agent ${group} --help\n`,
    );
  });

  it('still takes options for what runs without a name, and its name', async () => {
    const { machine, output } = aMachine();
    expect(await runCli(['approvals', '--all'], machine)).toBe(0);
    expect(await runCli(['approvals', 'list', '--all'], machine)).toBe(0);
    expect(output()).toBe('No approval was ever asked for.\n'.repeat(2));
  });

  it.each([
    [['foo'], 'k8s-agent'],
    [['up', '--prot', '1'], 'k8s-agent up'],
    [['workflow', 'show'], 'k8s-agent workflow show'],
    [['workflow', 'show', 'a', 'b'], 'k8s-agent workflow show'],
  ])('says after %j where the command is explained', async (args, line) => {
    expect(await mistaken(...args)).toMatch(new RegExp(`^error: .*\\n(.*\\n)?See: ${line} --help\\n$`));
  });

  it.each([['up'], ['dashboard']])('takes no port for %s that is none', async (command) => {
    for (const port of ['abc', '-1', '70000', '80.5', ''])
      expect(await mistaken(command, `--port=${port}`)).toContain('A port is 0 to 65535.');
  });

  it('says which folder cannot be used, without a stack', async () => {
    const { machine, output, file } = aMachine();
    file('.claude/logs/actions/2026-11-24-actions.jsonl/folder', 'where a file should be');
    expect(await runCli(['audit', 'tail'], machine)).toBe(1);
    expect(output()).toMatch(/^EISDIR: .*\nCheck owner and mode/);
  });

  it('works by itself only where something is installed', async () => {
    expect(await mistaken('up', '--no-dashboard')).toMatch(
      /^Nothing is installed in .*\.claude\.\nFirst: k8s-agent install\n$/,
    );
  });
});
