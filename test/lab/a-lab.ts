import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, vi } from 'vitest';
import { type LabInfo, labDown, labUp } from '../../lab/index.ts';
import { kubectl } from '../../lab/kubectl-exec.ts';

export const silent = () => {};

/** A lab of one test file's own, beside the user's: up before its tests, and gone after them. */
export function aLab() {
  let info: LabInfo;
  beforeAll(async () => {
    info = await labUp({ dir: await mkdtemp(join(tmpdir(), 'lab-test-')), report: silent, scope: 'cluster' });
  });
  afterAll(async () => {
    await labDown({ dir: info.dir, report: silent });
    await rm(info.dir, { recursive: true });
  });
  return {
    get info() {
      return info;
    },
    kubectl: (...args: string[]) => kubectl(info, args),
  };
}

/** Polls until an expectation holds: a lab answers in its own time. */
export const eventually = (expectation: () => Promise<void>) =>
  vi.waitFor(expectation, { timeout: 45_000, interval: 500 });
