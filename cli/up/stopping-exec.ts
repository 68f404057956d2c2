import { readFileSync } from 'node:fs';

/** Milliseconds in which signals are one: npm passes a Ctrl+C on that the terminal has sent to its child as well. */
const ONE = 300;

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export interface Stopping {
  /** Aborted with the first signal. */
  readonly signal: AbortSignal;
  /** From now on a signal is none of ours. */
  readonly forget: () => void;
}

/**
 * The first signal asks the daemon to come to an end, the second one ends the process. `keys`: Ctrl+C is read from the
 * terminal, which else would end every child of this process, too: the dashboard, and servers in the middle of a change.
 */
export function listenForStop(keys: NodeJS.ReadStream | undefined, restore: () => void): Stopping {
  const stop = new AbortController();
  let firstAt = 0;
  const told = (name: keyof typeof SIGNALS) => {
    if (!stop.signal.aborted) {
      firstAt = performance.now();
      return stop.abort();
    }
    if (performance.now() - firstAt < ONE) return;
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

/** Whether this process has its terminal for itself: the system stops one in the background that reads its keys. */
export function isInForeground(): boolean {
  try {
    // proc(5): state, parent, process group, session, terminal, process group that has the terminal.
    const [, , group, , , owner] = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return group === owner;
  } catch {
    return false;
  }
}
