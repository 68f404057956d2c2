import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRunning, startTime, stop, ticksSinceBoot } from '../../lab/process-exec.ts';
import { Records } from '../../lab/records.ts';

const own = async () => ({ pid: process.pid, started: (await startTime(process.pid)) ?? 'none' });

describe('a process of the lab', () => {
  it('is known by its pid and start time', async () => {
    expect(await isRunning(await own())).toBe(true);
  });

  it('is not the later one that was given its pid: that one is never ended', async () => {
    const later = { pid: process.pid, started: 'another-boot/12' };
    expect(await isRunning(later)).toBe(false);
    await stop(later);
    expect(await isRunning(await own())).toBe(true);
  });

  it('does not run when it was gone before it could be looked at', async () => {
    expect(await isRunning({ pid: process.pid, started: '' })).toBe(false);
  });
});

describe('/proc/PID/stat', () => {
  const stat = (name: string, state: string) =>
    `42 (${name}) ${state} 1 42 42 0 -1 4194560 100 0 0 0 5 3 0 0 20 0 9 0 987654 1000 200`;

  it('gives the start time, whatever the program calls itself', () => {
    expect(ticksSinceBoot(stat('etcd', 'S'))).toBe('987654');
    expect(ticksSinceBoot(stat('a) Z (b', 'S'))).toBe('987654');
  });

  it('gives none for a zombie, which only waits to be reaped', () => {
    expect(ticksSinceBoot(stat('etcd', 'Z'))).toBeUndefined();
  });
});

describe('the records of processes', () => {
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'lab-records-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  const record = (order: number) => ({ pid: 7, started: 'boot/1', command: ['etcd', '--name=lab'], order });

  it('come back as they were written, the last started first', async () => {
    const records = new Records(dir);
    await records.put('etcd', record(0));
    await records.put('kwok', record(4));
    expect(await records.names()).toEqual(['kwok', 'etcd']);
    expect(await records.get('etcd')).toEqual(record(0));
  });

  it('are none where there is no folder yet', async () => {
    const records = new Records(join(dir, 'none'));
    expect(await records.names()).toEqual([]);
    expect(await records.get('etcd')).toBeUndefined();
  });
});
