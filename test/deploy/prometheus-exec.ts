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

export interface OwnPrometheus {
  readonly url: string;
  /** An answer's `data`. */
  ask(path: string, query?: Readonly<Record<string, string>>): Promise<unknown>;
  stop(): Promise<void>;
}

/** A real Prometheus that scrapes nothing and evaluates these groups of rules each second; it refuses to start with bad ones. */
export async function prometheusWith(groups: unknown): Promise<OwnPrometheus> {
  const programs = await resolvePrograms(process.env, toStderr, [gitops]);
  const folder = await mkdtemp(join(tmpdir(), 'k8s-agent-prometheus-'));
  await writeFile(join(folder, 'rules.yaml'), stringify({ groups }));
  const config = { global: { evaluation_interval: '1s' }, rule_files: ['rules.yaml'] };
  const storage = { tsdb: { out_of_order_time_window: '1d' } };
  await writeFile(join(folder, 'prometheus.yaml'), stringify({ ...config, storage }));
  const port = await getPort({ host: '127.0.0.1' });
  const child = execa(
    programs.path('prometheus'),
    [
      `--config.file=${join(folder, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-remote-write-receiver',
    ],
    { reject: false, stdin: 'ignore', stdout: 'ignore' },
  );
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill('SIGTERM');
    await child;
    await rm(folder, { recursive: true });
  };
  await Promise.race([ready(url), child.then(({ stderr }) => Promise.reject(new Error(stderr)))]).catch(
    async (error) => {
      await stop();
      throw error;
    },
  );
  return { url, stop, ask: (path, query = {}) => ask(`${url}/api/v1/${path}?${new URLSearchParams(query)}`) };
}

const ready = (url: string) =>
  vi.waitFor(
    async () => {
      if (!(await fetch(`${url}/-/ready`)).ok) throw new Error('not ready');
    },
    { timeout: 30_000, interval: 100 },
  );

async function ask(url: string): Promise<unknown> {
  const response = await fetch(url);
  const answer = Object(await response.json());
  if (!response.ok) throw new Error(`${url}: ${answer.error}`);
  return answer.data;
}
