import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '../shared/kernel/clock.ts';

/** better-sqlite3 crashes the process on older ones, so this is checked before anything of it is loaded. */
const OLDEST: readonly [major: number, minor: number] = [22, 18];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  process.stderr.write(
    `k8s-agent needs Node.js ${OLDEST.join('.')} or newer, and this is ${process.versions.node} (${process.execPath}).\nInstall Node.js 24, or put it first on the PATH.\n`,
  );
  process.exit(1);
}

const { runCli } = await import('./program.ts');
process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  clock: systemClock,
  homeFolder: homedir(),
  person: userInfo().username,
  node: process.execPath,
  nodeVersion: process.versions.node,
  root: packageRoot(import.meta.dirname),
  terminal: {
    write: (text) => process.stdout.write(text),
    writeError: (text) => process.stderr.write(text),
    isInteractive: process.stdin.isTTY === true && process.stdout.isTTY === true,
    askPassword: async (message) => (await import('@inquirer/password')).default({ message, mask: true }),
  },
});

/** The bundle lies one folder below package.json, and so does this file. */
function packageRoot(from: string): string {
  if (existsSync(join(from, 'package.json')) || dirname(from) === from) return from;
  return packageRoot(dirname(from));
}
