import { readdir, readFile } from 'node:fs/promises';
import { writePrivate } from './files.ts';
import { manifest } from './manifests.ts';

const SUFFIX = '.txt';
/** What a pod whose container has no text of its own says: enough to tail, page and search. */
const DEFAULT_LINES = 300;
const EVERY_MS = 1000;
const TO_STDERR = /^(WARN|ERROR|FATAL|panic)/;

/**
 * Writes the log files that kwok serves, in the format of a container runtime, and returns what to tell kwok.
 * `manifests/logs/NAME.txt` is the log of every container called NAME, `NAME.previous.txt` that of its last life.
 */
export async function writePodLogs(dir: string, now: number): Promise<object> {
  const files = (await readdir(manifest('logs'))).filter((file) => file.endsWith(SUFFIX));
  const names = files.map((file) => file.slice(0, -SUFFIX.length));
  for (const name of names) await writePodLog(dir, name, now);
  const containers = names.filter((name) => !name.endsWith('.previous'));
  const logs = containers.map((name) => ({
    ...(name === 'default' ? {} : { containers: [name] }),
    logsFile: `${dir}/${name}.log`,
    previousLogsFile: `${dir}/${name}.previous.log`,
    follow: true,
  }));
  return { apiVersion: 'kwok.x-k8s.io/v1alpha1', kind: 'ClusterLogs', metadata: { name: 'lab' }, spec: { logs } };
}

async function writePodLog(dir: string, name: string, now: number): Promise<void> {
  const lines = (await readFile(manifest('logs', `${name}${SUFFIX}`), 'utf8')).trimEnd().split('\n');
  const count = name === 'default' ? DEFAULT_LINES : lines.length;
  const end = name.endsWith('.previous') ? now - DEFAULT_LINES * EVERY_MS : now;
  await writePrivate(`${dir}/${name}.log`, criLog(lines, count, end));
}

/** `count` lines, `lines` over and over, a second apart, the last one at `end`; `{n}` is the line's number. */
export function criLog(lines: readonly string[], count: number, end: number): string {
  const stamped = Array.from({ length: count }, (_, i) => {
    const text = (lines[i % lines.length] ?? '').replaceAll('{n}', String(i + 1));
    const at = new Date(end - (count - 1 - i) * EVERY_MS).toISOString().replace('Z', '000000Z');
    return `${at} ${TO_STDERR.test(text) ? 'stderr' : 'stdout'} F ${text}\n`;
  });
  return stamped.join('');
}
