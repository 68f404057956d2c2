import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Attempts } from '../../cli/passphrase/attempts.ts';
import { isPassphrase, readPassphrase, savePassphrase } from '../../cli/passphrase/passphrase.ts';
import { runCli } from '../../cli/program.ts';
import { aMachine, NOW } from './machine.ts';

describe("the approver's passphrase", () => {
  it('is known again, and no other is', async () => {
    const { paths } = aMachine().context;
    await savePassphrase(paths.passphrase, 'correct horse');
    expect(await isPassphrase(paths.passphrase, 'correct horse')).toBe(true);
    expect(await isPassphrase(paths.passphrase, 'correct horsE')).toBe(false);
    expect(await isPassphrase(paths.passphrase, '')).toBe(false);
  });

  it('is not in its file, which only its owner can read', async () => {
    const { paths } = aMachine().context;
    await savePassphrase(paths.passphrase, 'correct horse');
    expect(readFileSync(paths.passphrase, 'utf8')).not.toContain('horse');
    expect(statSync(paths.passphrase).mode & 0o777).toBe(0o600);
  });

  it('has a salt of its own each time', async () => {
    const { paths } = aMachine().context;
    await savePassphrase(paths.passphrase, 'correct horse');
    const first = readPassphrase(paths.passphrase);
    await savePassphrase(paths.passphrase, 'correct horse');
    expect(readPassphrase(paths.passphrase)?.hash).not.toBe(first?.hash);
  });

  it('is the same however its accents are typed', async () => {
    const { paths } = aMachine().context;
    await savePassphrase(paths.passphrase, 'caf\u00e9 cr\u00e8me');
    expect(await isPassphrase(paths.passphrase, 'cafe\u0301 cre\u0300me')).toBe(true);
  });

  it('has eight characters at least', async () => {
    const { paths } = aMachine().context;
    await expect(savePassphrase(paths.passphrase, '1234567')).rejects.toThrow('shorter than 8');
    expect(existsSync(paths.passphrase)).toBe(false);
  });

  it('that cannot be read is an error, never a yes', async () => {
    const { paths } = aMachine().context;
    await savePassphrase(paths.passphrase, 'correct horse');
    writeFileSync(paths.passphrase, '{"version":1}');
    await expect(isPassphrase(paths.passphrase, 'correct horse')).rejects.toThrow(/cannot be used/);
  });
});

describe('k8s-agent passphrase', () => {
  it('is refused without a terminal', async () => {
    const { machine, context, output } = aMachine({ answers: ['correct horse', 'correct horse'] });
    expect(await runCli(['passphrase'], machine)).toBe(1);
    expect(output()).toContain('needs a person at a real terminal');
    expect(existsSync(context.paths.passphrase)).toBe(false);
  });

  it('asks twice, and sets nothing when the two differ', async () => {
    const { machine, context } = aMachine({ interactive: true, answers: ['correct horse', 'correct house'] });
    expect(await runCli(['passphrase'], machine)).toBe(1);
    expect(existsSync(context.paths.passphrase)).toBe(false);
  });

  it('needs the old one where there is one', async () => {
    const { machine, context } = aMachine({
      interactive: true,
      answers: ['wrong', 'wrong', 'wrong', 'new passphrase'],
    });
    await savePassphrase(context.paths.passphrase, 'correct horse');
    expect(await runCli(['passphrase'], machine)).toBe(1);
    expect(await isPassphrase(context.paths.passphrase, 'correct horse')).toBe(true);
  });

  it('replaces the old one by the new one', async () => {
    const answers = ['correct horse', 'battery staple', 'battery staple'];
    const { machine, context } = aMachine({ interactive: true, answers });
    await savePassphrase(context.paths.passphrase, 'correct horse');
    expect(await runCli(['passphrase'], machine)).toBe(0);
    expect(await isPassphrase(context.paths.passphrase, 'battery staple')).toBe(true);
  });
});

describe('wrong passphrases', () => {
  it('count over all processes, and each makes the next wait longer', () => {
    const { paths } = aMachine().context;
    let now = NOW;
    const anew = () => new Attempts(paths.passphrase, { now: () => now });
    const waits = Array.from({ length: 12 }, () => {
      anew().begin();
      const wait = anew().wait();
      now += wait;
      return wait / 1000;
    });
    expect(waits).toEqual([0, 0, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900]);
  });

  it('are forgotten with the right one', () => {
    const { paths, clock } = aMachine().context;
    const attempts = new Attempts(paths.passphrase, clock);
    for (let i = 0; i < 5; i += 1) attempts.begin();
    attempts.succeeded();
    expect(attempts.wait()).toBe(0);
  });

  it('lock nobody out for longer when the clock is set back', () => {
    const { paths } = aMachine().context;
    for (let i = 0; i < 3; i += 1) new Attempts(paths.passphrase, { now: () => NOW }).begin();
    expect(new Attempts(paths.passphrase, { now: () => NOW - 1e9 }).wait()).toBe(10_000);
  });
});
