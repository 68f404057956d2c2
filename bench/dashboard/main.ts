import { cpSync, globSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import getPort from 'get-port';
import { DASHBOARD_FLAGS } from '../../shared/boot/launch.ts';
import { build } from '../../tools/build.ts';
import { summary } from '../statistics.ts';
import { Box, type Disk, makeDisk } from './box-exec.ts';
import { Client, fill } from './load.ts';

/**
 * The dashboard within the limits of its pod on the Pi 3, on a cold disk. Needs root and version 1 of the control
 * groups. The figures stand in docs/measurements.md.
 */
const MEMORY = 64 * 2 ** 20;
const RECORDS = 100_000;
const LISTENERS = 100;
const REQUESTS = 500;
/** Pages and API as people and servers ask for them; the last is what costs most. */
const PATHS = [
  '/',
  '/pending',
  '/history',
  '/workflows',
  '/api/approvals?states=pending',
  '/api/status',
  '/history?text=web-7',
];

const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'k8s-agent-orchestrator');
const disk = await makeDisk(join(cache, 'bench-dashboard'), 600);
try {
  await install(disk);
  await fill(join(disk.folder, 'state', 'state.db'), RECORDS);
  process.stdout.write(
    '| cores | | ms to the first answer | the same, started before | ms to sign in | ms a request | requests/s | anonymous MiB: start, end | file pages MiB | major faults: start, end | killed |\n|---|---|---|---|---|---|---|---|---|---|---|\n',
  );
  for (const cores of [2, 0.1]) process.stdout.write(`${await measure(disk, cores)}\n`);
} finally {
  await disk.remove();
}

/** What the image holds, and Node. */
async function install({ folder }: Disk): Promise<void> {
  await build({ faultPoints: false });
  mkdirSync(join(folder, 'state'));
  cpSync(process.execPath, join(folder, 'node'));
  const native = ['package.json', 'lib/**/*.js', 'prebuilds/linux-*.node'].flatMap((glob) =>
    globSync(`node_modules/better-sqlite3/${glob}`, { cwd: root }),
  );
  for (const file of ['package.json', 'dist/dashboard', ...native]) {
    const target = join(folder, file.replace(/^dist\//, ''));
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(root, file), target, { recursive: true });
  }
}

async function measure(on: Disk, cores: number): Promise<string> {
  const box = new Box(MEMORY, cores);
  try {
    const first = await started(on, box);
    await box.stop();
    const { client, ms } = await started(on, box);
    const atStart = box.read();
    const signIn = await timed(() => client.signIn());
    await Promise.all(Array.from({ length: LISTENERS }, () => client.listen()));
    const times: number[] = [];
    const whole = await timed(() => ask(client, times));
    const atEnd = box.read();
    await box.stop();
    const [from, to] = [atStart, atEnd].map(({ anonymous }) => anonymous.toFixed(1));
    const faults = `${atStart.majorFaults - first.faults}, ${atEnd.majorFaults - first.faults}`;
    return `| ${cores} | | ${first.ms.toFixed(0)} | ${ms.toFixed(0)} | ${signIn.toFixed(0)} | ${summary(times)} | ${((REQUESTS / whole) * 1000).toFixed(0)} | ${from}, ${to} | ${atEnd.files.toFixed(1)} | ${faults} | ${atEnd.killed} |`;
  } finally {
    await box.remove();
  }
}

/** From spawn to the first answer; the disk is cold. */
async function started(on: Disk, box: Box) {
  await on.cool();
  const port = await getPort();
  const url = `http://127.0.0.1:${port}`;
  const began = performance.now();
  box.start([join(on.folder, 'node'), ...DASHBOARD_FLAGS, join(on.folder, 'dashboard', 'dashboard.js')], {
    PORT: `${port}`,
    K8S_AGENT_STATE: join(on.folder, 'state'),
  });
  await new Client(url).untilThere();
  const ms = performance.now() - began;
  // Its compile cache is written five seconds after the start.
  await new Promise((resolve) => setTimeout(resolve, 7_000));
  // A new one: the connections of the first have been idle for too long.
  return { client: new Client(url), ms, faults: box.read().majorFaults };
}

/** Four at a time, as some browsers and servers do. */
async function ask(client: Client, times: number[]): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < REQUESTS) {
      const path = PATHS[next % PATHS.length] ?? '/';
      next += 1;
      times.push(
        await timed(async () => {
          const status = await client.get(path);
          if (status !== 200) throw new Error(`${path}: ${status}`);
        }),
      );
    }
  };
  await Promise.all(Array.from({ length: 4 }, worker));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
