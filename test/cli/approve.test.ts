import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { savePassphrase } from '../../cli/passphrase/passphrase.ts';
import { runCli } from '../../cli/program.ts';
import type { Approval } from '../../shared/approvals/approval.ts';
import { SqliteApprovalStore } from '../../shared/store/sqlite.ts';
import { anApproval } from '../support/builders.ts';
import { aMachine, NOW } from './machine.ts';

const main = join(import.meta.dirname, '../../cli/main.ts');
const PASSPHRASE = 'correct horse';

/** A machine with one pending approval and a passphrase. */
async function waiting(
  given: { answers?: readonly string[]; interactive?: boolean; approval?: Partial<Approval> } = {},
) {
  const made = aMachine(given);
  const { paths } = made.context;
  await savePassphrase(paths.passphrase, PASSPHRASE);
  const store = new SqliteApprovalStore(paths.database);
  onTestFinished(() => store.close());
  const approval = anApproval({ createdAt: NOW, expiresAt: NOW + 900_000, ...given.approval });
  await store.open(approval);
  return { ...made, id: approval.id, stored: () => store.get(approval.id) };
}

interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/** Runs the real command line; `answers` are typed as soon as their question shows. */
function run(
  command: readonly string[],
  answers: readonly (readonly [question: RegExp, text: string])[] = [],
): Promise<Ran> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: 'pipe' });
  const left = [...answers];
  let output = '';
  let heard = 0;
  const hear = (chunk: Buffer) => {
    output += chunk;
    const [next] = left;
    if (next === undefined || !next[0].test(output.slice(heard))) return;
    left.shift();
    heard = output.length;
    child.stdin.write(`${next[1]}\r`);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

const cli = (home: string, ...args: string[]) => [process.execPath, main, '--home', home, ...args];

/** In a pseudo-terminal of its own, as a person has it. */
const inTerminal = (command: readonly string[]) => [
  'script',
  '-qec',
  command.map((part) => `'${part}'`).join(' '),
  '/dev/null',
];

describe('approve and reject without a terminal', () => {
  it.each(['approve', 'reject'])('%s is refused, and the approval stays pending', async (command) => {
    const { context, id, stored } = await waiting({ approval: { expiresAt: 8e12 } });
    const { code, output } = await run(cli(context.paths.home, command, id), [[/./, PASSPHRASE]]);
    expect(code).toBe(1);
    expect(output).toContain('needs a person at a real terminal');
    expect(await stored()).toMatchObject({ state: 'pending' });
  });
});

describe('approve in a real terminal', () => {
  it('shows the whole preview, asks for the passphrase without showing it, and settles', async () => {
    const { context, id, stored } = await waiting({ approval: { expiresAt: 8e12, details: 'replicas: 2 → 5' } });
    const command = inTerminal(cli(context.paths.home, 'approve', id));
    const { code, output } = await run(command, [[/Passphrase to approve this/, PASSPHRASE]]);
    expect(output).toContain('replicas: 2 → 5');
    expect(output).not.toContain(PASSPHRASE);
    expect(output).toContain(`${id} is approved`);
    expect(code).toBe(0);
    expect(await stored()).toMatchObject({ state: 'approved', settled: { via: 'cli' } });
  });
});

describe('an answer at the terminal', () => {
  it('approves in the name of the person', async () => {
    const { machine, id, stored } = await waiting({ interactive: true, answers: [PASSPHRASE] });
    expect(await runCli(['approve', id], machine)).toBe(0);
    expect(await stored()).toMatchObject({ state: 'approved', settled: { at: NOW, by: 'ada', via: 'cli' } });
  });

  it('rejects with the reason', async () => {
    const { machine, id, stored } = await waiting({ interactive: true, answers: [PASSPHRASE] });
    expect(await runCli(['reject', id, '--reason', 'not on a Friday'], machine)).toBe(0);
    expect(await stored()).toMatchObject({ state: 'rejected', settled: { reason: 'not on a Friday' } });
  });

  it('counts for nothing after three wrong passphrases, and then one has to wait', async () => {
    const answers = ['wrong one', 'wrong two', 'wrong three', PASSPHRASE];
    const { machine, id, stored, output } = await waiting({ interactive: true, answers });
    expect(await runCli(['approve', id], machine)).toBe(1);
    expect(await runCli(['approve', id], machine)).toBe(1);
    expect(output()).toMatch(/wrong 3 times[\s\S]*wait 10 s/);
    expect(await stored()).toMatchObject({ state: 'pending' });
  });

  it('may be wrong twice', async () => {
    const { machine, id, stored } = await waiting({
      interactive: true,
      answers: ['wrong one', 'wrong two', PASSPHRASE],
    });
    expect(await runCli(['approve', id], machine)).toBe(0);
    expect(await stored()).toMatchObject({ state: 'approved' });
  });

  it('comes too late for an approval that has expired', async () => {
    const { machine, id, output } = await waiting({
      interactive: true,
      answers: [PASSPHRASE],
      approval: { expiresAt: NOW },
    });
    expect(await runCli(['approve', id], machine)).toBe(1);
    expect(output()).toContain('It is expired');
  });

  it('needs a passphrase to be set', async () => {
    const { machine, context } = aMachine({ interactive: true });
    const store = new SqliteApprovalStore(context.paths.database);
    onTestFinished(() => store.close());
    const { id } = await store.open(anApproval({ expiresAt: NOW + 1000 }));
    expect(await runCli(['approve', id], machine)).toBe(1);
    expect(await store.get(id)).toMatchObject({ state: 'pending' });
  });

  it('names the list for an id that there is not', async () => {
    const { machine, output } = await waiting({ interactive: true });
    expect(await runCli(['approve', 'ap-nothing'], machine)).toBe(1);
    expect(output()).toContain('k8s-agent approvals list');
  });
});

describe('k8s-agent approvals', () => {
  it('says that nothing is pending when that is true', async () => {
    const { machine, output } = aMachine();
    expect(await runCli(['approvals', 'list'], machine)).toBe(0);
    expect(output()).toBe('Nothing is pending.\n');
  });

  it('lists what is pending, and with --all the rest', async () => {
    const { machine, id, output } = await waiting();
    await runCli(['approvals', 'list'], machine);
    expect(output()).toMatch(new RegExp(`^${id} {2}pending, 15 min left`));
    const settled = await waiting({ approval: { expiresAt: NOW } });
    await runCli(['approvals'], settled.machine);
    await runCli(['approvals', 'list', '--all'], settled.machine);
    expect(settled.output()).toMatch(new RegExp(`^Nothing is pending.\n${settled.id} {2}expired`));
  });

  it('shows nothing that could fool a terminal', async () => {
    const { machine, id, output } = await waiting({ approval: { details: 'safe\u001b[2Kharmful \u202egnp' } });
    await runCli(['approvals', 'show', id], machine);
    expect(output()).toContain('safe<U+001B>[2Kharmful <U+202E>gnp');
  });
});
