import { chmodSync, chownSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import getPort from 'get-port';
import { Client } from 'pg';
import { afterAll, beforeAll } from 'vitest';

export interface Postgres {
  /** A fresh, empty database; its address. */
  database(): Promise<string>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Root may not run PostgreSQL. */
const NOBODY = { uid: 65_534, gid: 65_534 };

/** A real PostgreSQL on 127.0.0.1 for the tests of one file. */
export function postgresForTests(): Postgres {
  const folder = mkdtempSync(join(tmpdir(), 'k8s-agent-postgres-'));
  let port = 0;
  let databases = 0;
  const start = async () => {
    const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c fsync=off`;
    await run('pg_ctl', folder, ['-D', join(folder, 'data'), '-l', join(folder, 'log'), '-w', '-o', options, 'start']);
  };
  const stop = () => run('pg_ctl', folder, ['-D', join(folder, 'data'), '-m', 'immediate', '-w', 'stop']);
  beforeAll(async () => {
    chmodSync(folder, 0o700);
    if (process.getuid?.() === 0) chownSync(folder, NOBODY.uid, NOBODY.gid);
    port = await getPort();
    await run('initdb', folder, [
      '-D',
      join(folder, 'data'),
      '-U',
      'test',
      '--auth=trust',
      '--encoding=UTF8',
      '--no-sync',
    ]);
    await start();
  }, 60_000);
  afterAll(async () => {
    await stop().catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  });
  const database = async () => {
    databases += 1;
    const admin = new Client({ connectionString: `postgres://test@127.0.0.1:${port}/postgres` });
    await admin.connect();
    await admin.query(`CREATE DATABASE test_${databases}`);
    await admin.end();
    return `postgres://test@127.0.0.1:${port}/test_${databases}`;
  };
  return { database, start, stop };
}

async function run(program: string, cwd: string, args: readonly string[]): Promise<void> {
  // Debian keeps the programs of each version in a folder of its own, which is on no PATH.
  const [found = program] = globSync(`/usr/lib/postgresql/*/bin/${program}`).toSorted().reverse();
  const identity = process.getuid?.() === 0 ? NOBODY : {};
  await execa(found, args, { cwd, stdin: 'ignore', stdout: 'ignore', ...identity });
}
