import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { labDown, labUp } from '../lab/index.ts';
import { build } from '../tools/build.ts';
import { installClients } from './support/clients/install-exec.ts';

/**
 * `npm test`: sets up what the tests need (bundles, the lab's binaries, the clients), runs every suite,
 * and ends with one line that counts them all.
 */
const reportSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(z.object({ name: z.string(), status: z.string(), assertionResults: z.array(z.unknown()) })),
});

// A lab of this run's own: what earlier runs left in one fills its nodes, and pods then wait for room for ever.
const folder = await mkdtemp(join(tmpdir(), 'k8s-agent-test-'));
const lab = { dir: join(folder, 'lab') };
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
const { exitCode, report } = await runSuites().finally(async () => {
  await labDown(lab);
  await rm(folder, { recursive: true });
});
const { numPassedTests, numFailedTests, testResults } = reportSchema.parse(report);

// A file that could not even be loaded has no tests of its own to fail.
const broken = testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
);
const failed = Math.max(numFailedTests + broken.length, exitCode === 0 ? 0 : 1);
process.stdout.write(`\n${numPassedTests} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

async function runSuites() {
  await setUp();
  const report = join(folder, 'report.json');
  const { exitCode } = await execa(
    'vitest',
    ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    {
      preferLocal: true,
      reject: false,
      stdio: ['ignore', 'inherit', 'inherit'],
      // Hundreds of processes load the same modules.
      env: { K8S_AGENT_TEST_LAB_DIR: lab.dir, NODE_COMPILE_CACHE: join(folder, 'compiled') },
      cancelSignal: stop.signal,
    },
  );
  return { exitCode, report: JSON.parse(await readFile(report, 'utf8')) };
}

/** Outside of the tests, since the first time builds for minutes and shows its progress. */
async function setUp(): Promise<void> {
  await build({ faultPoints: false });
  await build({ faultPoints: true, programs: ['kubectl'] });
  await installClients();
  await labUp(lab);
}
