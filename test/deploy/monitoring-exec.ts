import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import getPort from 'get-port';
import { vi } from 'vitest';
import { stringify } from 'yaml';
import { resolvePrograms } from '../../lab/binaries/binaries.ts';
import { gitops } from '../../lab/binaries/modules.ts';
import { toStderr } from '../../lab/report.ts';

/** A program of the lab that a test has for itself. */
export interface OwnProgram {
  readonly url: string;
  stop(): Promise<void>;
}

interface OwnPrometheus extends OwnProgram {
  /** An answer's `data`. */
  ask(path: string, query?: Readonly<Record<string, string>>): Promise<unknown>;
}

/** A real Prometheus that scrapes nothing and evaluates these groups of rules each second. Bad ones end it. */
export async function prometheusWith(groups: unknown): Promise<OwnPrometheus> {
  const settings = { global: { evaluation_interval: '1s' }, rule_files: ['rules.yaml'] };
  const files = {
    'rules.yaml': { groups },
    'config.yaml': { ...settings, storage: { tsdb: { out_of_order_time_window: '1d' } } },
  };
  const own = await start('prometheus', files, (folder) => [
    `--storage.tsdb.path=${join(folder, 'data')}`,
    '--web.enable-remote-write-receiver',
  ]);
  return {
    ...own,
    ask: async (path, query = {}) => {
      const response = await fetch(`${own.url}/api/v1/${path}?${new URLSearchParams(query)}`);
      const answer = Object(await response.json());
      if (!response.ok) throw new Error(`${path}: ${answer.error}`);
      return answer.data;
    },
  };
}

/** A real Alertmanager with this configuration. A bad one ends it. */
export const alertmanagerWith = (config: unknown): Promise<OwnProgram> =>
  start('alertmanager', { 'config.yaml': config }, (folder) => [
    `--storage.path=${join(folder, 'data')}`,
    '--cluster.listen-address=',
  ]);

/** Runs it with these files in a folder of its own, on a free port, and returns when it is ready. */
async function start(
  name: 'prometheus' | 'alertmanager',
  files: Readonly<Record<string, unknown>>,
  argsIn: (folder: string) => readonly string[],
): Promise<OwnProgram> {
  const programs = await resolvePrograms(process.env, toStderr, [gitops]);
  const folder = await mkdtemp(join(tmpdir(), `k8s-agent-${name}-`));
  for (const [file, content] of Object.entries(files)) await writeFile(join(folder, file), stringify(content));
  const address = `127.0.0.1:${await getPort({ host: '127.0.0.1' })}`;
  const args = [`--config.file=${join(folder, 'config.yaml')}`, `--web.listen-address=${address}`, ...argsIn(folder)];
  const child = execa(programs.path(name), args, { reject: false, stdin: 'ignore', stdout: 'ignore' });
  const stop = async () => {
    child.kill('SIGTERM');
    await child;
    await rm(folder, { recursive: true });
  };
  const ended = child.then(({ stderr }) => Promise.reject(new Error(stderr)));
  await Promise.race([isReady(`http://${address}`), ended]).catch(async (error) => {
    await stop();
    throw error;
  });
  ended.catch(() => undefined);
  return { url: `http://${address}`, stop };
}

const isReady = (url: string) =>
  vi.waitFor(
    async () => {
      if (!(await fetch(`${url}/-/ready`)).ok) throw new Error('not ready');
    },
    { timeout: 30_000, interval: 100 },
  );
