import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { lock } from 'proper-lockfile';
import { messageOf, OpsError } from '../shared/kernel/errors.ts';
import type { Report } from './report.ts';

/** A run that dies leaves its lock; others take it over after this long without a sign of life. */
const STALE_MS = 15_000;
/** Longer than the longest thing that is done under a lock: the first build. */
const PATIENCE_MS = 30 * 60_000;

/**
 * Runs `work` while no other process does the same under this lock file.
 * `waiting` is reported once when somebody else holds it.
 */
export async function underLock<T>(path: string, waiting: string, report: Report, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw cannotWrite(dirname(path), error);
  });
  const release = await acquire(path, 0).catch((error: unknown) => {
    if (!isHeld(error)) throw error;
    report(waiting);
    return acquire(path, PATIENCE_MS / 500);
  });
  try {
    return await work();
  } finally {
    await release();
  }
}

function cannotWrite(dir: string, error: unknown): OpsError {
  return new OpsError(
    'precondition_failed',
    `The lab cannot write to ${dir}: ${messageOf(error)}`,
    'Make the folder writable, or set XDG_CACHE_HOME (programs and state) or K8S_AGENT_LAB_DIR (state) to another one.',
  );
}

function acquire(path: string, retries: number): Promise<() => Promise<void>> {
  const pace = { retries, factor: 1, minTimeout: 500, maxTimeout: 500 };
  return lock(path, { lockfilePath: path, realpath: false, stale: STALE_MS, retries: pace });
}

function isHeld(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ELOCKED';
}
