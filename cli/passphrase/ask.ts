import { OpsError } from '../../shared/kernel/errors.ts';
import type { Context } from '../context.ts';
import { Attempts } from './attempts.ts';
import { isPassphrase, MIN_LENGTH, readPassphrase, savePassphrase } from './passphrase.ts';

const TRIES = 3;

/** Only a person at a terminal is asked: a pipe could be anybody's. */
export function demandTerminal({ terminal }: Context, what: string): void {
  if (terminal.isInteractive) return;
  throw new OpsError(
    'forbidden',
    `${what} needs a person at a real terminal: standard input or output is not one.`,
    'Run it yourself, in a terminal window of your own.',
  );
}

/** Three tries; throws after the last. Wrong tries of all processes count, and then one has to wait. */
export async function demandPassphrase(context: Context, message = "Approver's passphrase"): Promise<void> {
  const { paths, clock, terminal } = context;
  if (readPassphrase(paths.passphrase) === undefined) {
    throw new OpsError('precondition_failed', 'No approver’s passphrase is set.', 'Set it first: k8s-agent passphrase');
  }
  const attempts = new Attempts(paths.passphrase, clock);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const seconds = Math.ceil(attempts.wait() / 1000);
    if (seconds > 0)
      throw new OpsError('forbidden', `Too many wrong passphrases: wait ${seconds} s.`, 'Then try again.');
    const given = await terminal.askPassword(message);
    attempts.begin();
    if (await isPassphrase(paths.passphrase, given)) return attempts.succeeded();
    terminal.writeError('Wrong passphrase.\n');
  }
  throw new OpsError('forbidden', `The passphrase was wrong ${TRIES} times. Nothing was changed.`, 'Try again later.');
}

/** Asks twice and saves. Returns false where the person leaves it out with an empty answer. */
export async function chooseNew({ paths, terminal }: Context): Promise<boolean> {
  const first = await terminal.askPassword(`New passphrase for approvals (at least ${MIN_LENGTH} characters)`);
  if (first === '') return false;
  if (first !== (await terminal.askPassword('The same again'))) {
    throw new OpsError(
      'invalid_input',
      'The two were not the same. Nothing was changed.',
      'Try again: k8s-agent passphrase',
    );
  }
  await savePassphrase(paths.passphrase, first);
  return true;
}
