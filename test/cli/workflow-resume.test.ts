import { describe, expect, it } from 'vitest';
import { aStoppedMachine, PASSPHRASE } from './breakers.ts';

const person = (...answers: readonly string[]) => ({ interactive: true, answers });
const stateOf = async ({ breakers }: Awaited<ReturnType<typeof aStoppedMachine>>) =>
  (await breakers.list()).find(({ workflow }) => workflow === 'rollback-app')?.state;

describe('k8s-agent workflow resume', () => {
  it.each(['here', 'at a dashboard'] as const)(
    'lets a workflow go on in the name of the person, with its state %s',
    async (where) => {
      const machine = await aStoppedMachine(where, person(PASSPHRASE));
      const { code, output } = await machine.k8sAgent('workflow', 'resume', 'rollback-app');
      expect([code, output]).toEqual([
        0,
        'rollback-app is stopped until 2026-11-24T13:00:00.000Z: 3 runs in a row have failed.\n\nrollback-app may start again. What had failed is not started anew by this.\n',
      ]);
      expect(await stateOf(machine)).toMatchObject({ kind: 'closed', probation: false, by: 'ada' });
      expect(await machine.breakers.check('rollback-app')).toMatchObject({ kind: 'closed' });
      // People hear of it.
      expect(await machine.breakers.news()).toMatchObject([{ workflow: 'rollback-app' }]);
    },
  );

  it('is refused without a terminal', async () => {
    const machine = await aStoppedMachine('here', { answers: [PASSPHRASE] });
    expect(await machine.k8sAgent('workflow', 'resume', 'rollback-app')).toMatchObject({
      code: 1,
      output: expect.stringContaining('Letting a workflow go on needs a person at a real terminal'),
    });
    expect(await stateOf(machine)).toMatchObject({ kind: 'open' });
  });

  it('is refused with a wrong passphrase', async () => {
    const machine = await aStoppedMachine('here', person('wrong one', 'wrong two', 'wrong three'));
    expect((await machine.k8sAgent('workflow', 'resume', 'rollback-app')).code).toBe(1);
    expect(await stateOf(machine)).toMatchObject({ kind: 'open' });
  });

  it('asks for nothing where nothing is stopped, and names the nearest workflow', async () => {
    const { k8sAgent } = await aStoppedMachine('here', person());
    expect(await k8sAgent('workflow', 'resume', 'scale-ap')).toMatchObject({
      code: 1,
      output: expect.stringContaining('There is no workflow "scale-ap"'),
    });
    expect(await k8sAgent('workflow', 'resume', 'deploy-app')).toMatchObject({
      code: 1,
      output: expect.stringContaining('deploy-app is not stopped.'),
    });
  });
});
