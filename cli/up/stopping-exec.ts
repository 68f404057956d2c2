const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export interface Stopping {
  /** Aborted with the first signal. */
  readonly signal: AbortSignal;
  /** From now on a signal is none of ours. */
  readonly forget: () => void;
}

/**
 * The first signal asks the daemon to come to an end, the second one ends the process.
 * `keys`: Ctrl+C is read from the terminal, which else would end every child of this process, too.
 */
export function listenForStop(keys: NodeJS.ReadStream | undefined, restore: () => void): Stopping {
  const stop = new AbortController();
  const told = (name: keyof typeof SIGNALS) => {
    if (!stop.signal.aborted) return stop.abort();
    restore();
    process.exit(SIGNALS[name]);
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, told);
  const pressed = (typed: Buffer) => typed.includes(3) && told('SIGINT');
  keys?.setRawMode(true).on('data', pressed).resume();
  return {
    signal: stop.signal,
    forget: () => {
      for (const name of names) process.off(name, told);
      keys?.off('data', pressed).setRawMode(false).pause();
    },
  };
}
