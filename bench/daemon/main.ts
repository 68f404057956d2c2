import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { filesIn, sizeOf, soakRig } from '../../test/daemon/soak-rig.ts';

/** A day of a daemon, and 500 alerts: whether its memory stays, its files go, and no run is lost. */
const HOURS = 24;
const ALERTS = 500;
/** MB of heap that an hour may cost after the second one, by least squares. */
const STEEPEST = 0.5;
const QUARTER = 91 * 24 * 3_600_000;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');
const print = (line: string) => void process.stdout.write(`${line}\n`);

const folder = mkdtempSync(join(tmpdir(), 'k8s-agent-soak-'));
const began = performance.now();
const rig = await soakRig(folder);
const wrong: string[] = [];
const heaps: number[] = [];
try {
  print('| hour | heap MB | RSS MB | SQLite MB |\n|---|---|---|---|');
  for (let hour = 1; hour <= HOURS; hour += 1) {
    await rig.hour(Math.floor((ALERTS * hour) / HOURS) - Math.floor((ALERTS * (hour - 1)) / HOURS));
    collect();
    const { heapUsed, rss } = process.memoryUsage();
    heaps.push(heapUsed / 1e6);
    print(`| ${hour} | ${[heapUsed, rss, sizeOf(rig.paths.database)].map((n) => (n / 1e6).toFixed(1)).join(' | ')} |`);
  }
  const slope = slopeOf(heaps.slice(1));
  print(`\nheap after hour 2: ${slope.toFixed(3)} MB/h`);
  if (slope > STEEPEST) wrong.push('the heap grows');
  await runsOf();
  await filesOf();
} finally {
  await rig.close();
  rmSync(folder, { recursive: true });
}
print(`wall time: ${((performance.now() - began) / 1_000).toFixed(0)} s`);
for (const failure of rig.failures.slice(0, 5)) print(`logged: ${failure}`);
for (const what of wrong) print(`WRONG: ${what}`);
process.exitCode = wrong.length === 0 ? 0 : 1;

async function runsOf(): Promise<void> {
  const runs = await rig.stores().runs.list({ limit: 5_000 });
  const incidents = await rig.stores().incidents.list(5_000);
  const asking = new Set((await rig.plane.approvals.list({ states: ['pending'] })).map(({ run }) => run));
  for (const { run } of incidents) {
    const of = runs.filter((row) => row.run === run);
    const isOpen = of.some(({ status }) => status === 'running' || status === 'waiting');
    if (of.length !== 1 || (isOpen && !asking.has(run))) wrong.push(`${run} is lost`);
  }
  print(`incidents: ${incidents.length}; runs: ${runs.length}, ${countOf(runs.map(({ status }) => status))}`);
  print(`approvals: ${countOf((await rig.plane.approvals.list()).map(({ state }) => state))}`);
  print(`messages: ${[...rig.messages].map(([kind, n]) => `${n} ${kind}`).join(', ')}`);
}

async function filesOf(): Promise<void> {
  const { actionLogs, workflowLogs } = rig.paths;
  const before = filesIn(workflowLogs).length;
  await rig.time.jump(QUARTER);
  const left = filesIn(workflowLogs).length;
  const days = filesIn(actionLogs);
  print(`logs of actions: ${days.join(', ')}; logs of runs: ${before}, after 91 days ${left}`);
  if (days.slice(0, 2).join() !== '2026-11-24-actions.jsonl,2026-11-25-actions.jsonl') wrong.push('not one file a day');
  if (filesIn(workflowLogs).some((name) => name < '2026-11-26')) wrong.push('old logs of runs are left');
}

/** By least squares. */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const both = values.reduce((sum, value, i) => sum + (i - middle) * (value - mean), 0);
  return both / values.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
}

function countOf(names: readonly string[]): string {
  return [...Map.groupBy(names, (name) => name)].map(([name, all]) => `${all.length} ${name}`).join(', ');
}
