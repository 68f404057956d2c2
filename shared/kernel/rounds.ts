import timers from 'node:timers/promises';

/** Does `round` again and again, and waits as many milliseconds as it says, until it is told to stop. It keeps no process alive. */
export async function rounds(round: () => Promise<number>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const pause = await round();
    await timers.setTimeout(pause, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
