import { OpsError } from '../../shared/kernel/errors.ts';
import type { Log } from '../../shared/kernel/log.ts';

/** What one look showed. What could not be seen is neither well nor ill: it proves nothing. */
export interface Sight {
  readonly state: 'well' | 'ill' | 'unseen';
  /** A sentence with names and numbers. */
  readonly text: string;
}

/** Only our own words go into a run; the log has the rest. */
export async function seen(what: string, log: Log, look: () => Promise<Sight>): Promise<Sight> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof OpsError)) log(`${what} could not be seen`, error);
    const why = error instanceof OpsError ? error.message : 'the log says why.';
    return { state: 'unseen', text: `${what} could not be seen: ${why}` };
  }
}
