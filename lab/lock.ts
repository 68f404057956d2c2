import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { lock } from 'proper-lockfile';
import { errnoOf, messageOf, OpsError } from '../shared/kernel/errors.ts';
import type { Report } from './report.ts';

/** A run that dies leaves its lock; others take it over after this long without a sign of life. */
const STALE_MS = 15_000;
const LOOK_EVERY_MS = 500;
/** Longer than the longest thing that is done under a lock: the first build on a slow machine. */
const PATIENCE_MS = 60 * 60_000;
/** What the file system says when a folder cannot be written. */
const UNWRITABLE = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR'];

/**
 * Runs `work` while no other process does the same under this lock file.
 * `waiting` is reported once when somebody else holds it. A folder that cannot be written is an OpsError with its cure.
 */
export async function underLock<T>(path: string, waiting: string, report: Report, work: () => Promise<T>): Promise<T> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const release = await acquire(path, waiting, report);
    return await work().finally(release);
  } catch (error) {
    throw UNWRITABLE.includes(errnoOf(error) ?? '') ? unwritable(dirname(path), error) : error;
  }
}

async function acquire(path: string, waiting: string, report: Report): Promise<() => Promise<void>> {
  const options = { lockfilePath: path, realpath: false, stale: STALE_MS };
  const pace = { factor: 1, minTimeout: LOOK_EVERY_MS, maxTimeout: LOOK_EVERY_MS };
  try {
    return await lock(path, options);
  } catch (error) {
    if (errnoOf(error) !== 'ELOCKED') throw error;
    report(waiting);
    return lock(path, { ...options, retries: { retries: PATIENCE_MS / LOOK_EVERY_MS, ...pace } });
  }
}

function unwritable(dir: string, error: unknown): OpsError {
  return new OpsError(
    'precondition_failed',
    `The lab cannot write to ${dir}: ${messageOf(error)}`,
    'Make room or make it writable, or set XDG_CACHE_HOME (programs and state) or K8S_AGENT_LAB_DIR (state) to another folder.',
  );
}
