import { OpsError } from '../../shared/kernel/errors.ts';

/** Says whether a line matches an RE2 pattern. RE2 runs in linear time: no pattern hangs the server. */
export async function grepFor(pattern: string): Promise<(line: string) => boolean> {
  const { RE2JS } = await import('re2js');
  try {
    const compiled = RE2JS.compile(pattern);
    return (line) => compiled.test(line);
  } catch (error) {
    throw new OpsError(
      'invalid_input',
      'grep is not an RE2 pattern.',
      'RE2 has no backreferences and no lookaround; (?i) at its start ignores case.',
      { cause: error },
    );
  }
}
