/** Takes one line of progress for the person who waits. */
export type Report = (line: string) => void;

/** Progress goes to stderr: stdout belongs to what a script reads (`export KUBECONFIG=...`). */
export const toStderr: Report = (line) => {
  process.stderr.write(`lab: ${line}\n`);
};

/** Passes a line on at most every `everyMs`, so that minutes of work read as a few lines. */
export function paced(report: Report, everyMs: number): Report {
  let last = 0;
  return (line) => {
    if (Date.now() - last < everyMs) return;
    last = Date.now();
    report(line);
  };
}

/** `93` seconds as `1m33s`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
}
