import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../cli/program.ts';
import { aStoppedMachine } from './breakers.ts';
import { aMachine } from './machine.ts';
import { aWorkflowMachine } from './workflows.ts';

describe('k8s-agent workflow breaker', () => {
  it.each(['here', 'at a dashboard'] as const)('lists what was stopped, and why, with its state %s', async (where) => {
    const { k8sAgent, breakers } = await aStoppedMachine(where);
    await breakers.check('scale-app');
    expect(await k8sAgent('workflow', 'breaker')).toEqual({
      code: 0,
      output: [
        'workflow      since                     how it stands',
        'rollback-app  2026-11-24T12:00:00.000Z  is stopped until 2026-11-24T13:00:00.000Z: 3 runs in a row have failed\n',
      ].join('\n'),
    });
  });

  it('says of one how it stands, and what to do', async () => {
    const { k8sAgent, breakers } = await aStoppedMachine();
    expect((await k8sAgent('workflow', 'breaker', 'rollback-app')).output).toBe(
      'rollback-app is stopped until 2026-11-24T13:00:00.000Z: 3 runs in a row have failed.\nTo let it go on at once: k8s-agent workflow resume rollback-app\n',
    );
    await breakers.reset('rollback-app', 'grace');
    expect((await k8sAgent('workflow', 'breaker', 'rollback-app')).output).toBe('rollback-app is not stopped.\n');
    expect((await k8sAgent('workflow', 'breaker')).output).toMatch(/rollback-app +2026-.*Z +grace lets it go on\n$/);
  });

  it('names the nearest workflow for one that there is not', async () => {
    const { k8sAgent } = aWorkflowMachine();
    expect(await k8sAgent('workflow', 'breaker', 'rollback-ap')).toMatchObject({
      code: 1,
      output: expect.stringMatching(/no workflow "rollback-ap".*\n.*Did you mean "rollback-app"/),
    });
    expect(await k8sAgent('workflow', 'breaker', 'rollback-app')).toMatchObject({
      output: 'rollback-app is not stopped.\n',
    });
  });

  it('makes no file where no daemon has ever been', async () => {
    const { machine, context, output } = aMachine();
    expect(await runCli(['workflow', 'breaker'], machine)).toBe(0);
    expect(output()).toBe('No workflow is stopped.\n');
    expect(existsSync(context.paths.database)).toBe(false);
  });
});
