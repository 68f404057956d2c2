import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../cli/program.ts';
import { aMachine } from './machine.ts';

describe('k8s-agent policy', () => {
  it('prints every tool with its tier, as frozen for the defaults', async () => {
    const { machine, output } = aMachine();
    expect(await runCli(['policy', 'table'], machine)).toBe(0);
    await expect(output()).toMatchFileSnapshot(join(import.meta.dirname, '../golden/policy-table.txt'));
  });

  it('explains by the settings that hold', async () => {
    const { machine, output, file } = aMachine();
    file('.claude/settings.json', '{"autonomy": {"forbidden_actions": ["delete pvc in prod"]}}');
    expect(await runCli(['policy', 'explain', 'delete pvc in prod by k8s-diagnostician'], machine)).toBe(0);
    expect(output()).toMatch(
      /^delete PersistentVolumeClaim in prod by k8s-diagnostician\nforbidden: it is refused, by "delete pvc in prod"/,
    );
    expect(output()).toMatch(/→ {2}forbidden {2}"delete pvc in prod" {2}autonomy.forbidden_actions {2}it decides/);
  });

  it('says what is wrong with a question, and exits with 1', async () => {
    const { machine, output } = aMachine();
    expect(await runCli(['policy', 'explain', 'delte', 'pod'], machine)).toBe(1);
    expect(output()).toContain('Did you mean "delete"?');
  });
});
