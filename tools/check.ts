import { execa } from 'execa';

/** Everything that needs no cluster, in the order in which it is quickest to fail. */
const STEPS: readonly (readonly [string, ...string[]])[] = [
  ['tsc', '-p', '.'],
  ['biome', 'check', '--error-on-warnings'],
  ['knip'],
  ['vitest', 'run', '--project', 'unit'],
];

for (const [program, ...args] of STEPS) {
  process.stderr.write(`\n> ${[program, ...args].join(' ')}\n`);
  const { exitCode } = await execa(program, args, { stdio: 'inherit', preferLocal: true, reject: false });
  if (exitCode !== 0) process.exit(exitCode ?? 1);
}
