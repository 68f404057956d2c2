import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ExecaError, execa } from 'execa';
import { lock } from 'proper-lockfile';

export interface Clients {
  /** The Claude Code binary. */
  readonly claude: string;
  /** Command and first arguments of the MCP inspector. */
  readonly inspector: readonly [string, string];
}

const PINS = import.meta.dirname;

/**
 * The clients that the end-to-end tests drive, pinned by the lock file next to this one. They are about 480 MB, so they
 * live in the user's cache, are installed once, and serve all checkouts. Safe for two runs at once.
 */
export async function installClients(): Promise<Clients> {
  const parent = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'k8s-agent-orchestrator', 'clients');
  const lockFile = await readFile(join(PINS, 'package-lock.json'));
  const folder = join(parent, createHash('sha256').update(lockFile).digest('hex').slice(0, 16));
  if (!existsSync(folder)) await installOnce(parent, folder);
  const modules = join(folder, 'node_modules');
  const inspector = join(modules, '@modelcontextprotocol', 'inspector', 'clients', 'launcher', 'build', 'index.js');
  return { claude: await findClaude(modules), inspector: [process.execPath, inspector] };
}

async function installOnce(parent: string, folder: string): Promise<void> {
  await mkdir(parent, { recursive: true });
  const release = await lock(parent, {
    lockfilePath: `${folder}.lock`,
    retries: { retries: 600, factor: 1, minTimeout: 500 },
  });
  try {
    if (!existsSync(folder)) await install(`${folder}.partial`, folder);
  } finally {
    await release();
  }
}

/** Renamed into place when complete, so that an interrupted install is never taken for a good one. */
async function install(partial: string, folder: string): Promise<void> {
  const started = performance.now();
  process.stderr.write(`Installing Claude Code and the MCP inspector for the tests (480 MB, once) into ${folder}\n`);
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial);
  for (const name of ['package.json', 'package-lock.json']) await copyFile(join(PINS, name), join(partial, name));
  await npmCi(partial);
  await rename(partial, folder);
  process.stderr.write(`Installed in ${Math.round((performance.now() - started) / 1000)} s\n`);
}

/** Without install scripts, which newer npm versions block: nothing here needs them (see findClaude). */
async function npmCi(cwd: string): Promise<void> {
  try {
    await execa('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd, stdin: 'ignore' });
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    throw new Error(
      `npm could not install the test clients: ${error.shortMessage}\n${error.stderr}\n` +
        `Check that npm is on the PATH, that it reaches its registry (npm ping), and that ${cwd} has 500 MB free; then run again.`,
      { cause: error },
    );
  }
}

/** npm installs the one platform package that fits; the main package only holds a launcher that its script replaces. */
async function findClaude(modules: string): Promise<string> {
  const scope = join(modules, '@anthropic-ai');
  const platform = (await readdir(scope)).find((name) => name.startsWith('claude-code-'));
  if (platform !== undefined) return join(scope, platform, process.platform === 'win32' ? 'claude.exe' : 'claude');
  throw new Error(
    `Claude Code has no package for ${process.platform} ${process.arch}, or npm left out optional dependencies. ` +
      `Run "npm config get omit"; if it says "optional", change that, remove ${join(modules, '..')} and run again.`,
  );
}
