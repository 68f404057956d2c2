import { setTimeout } from 'node:timers/promises';

/** Waits, or returns at once when `signal` is aborted. Tests inject their own, so that none of them sleeps. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

export const sleep: Sleep = async (ms, signal) => {
  try {
    await setTimeout(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};
