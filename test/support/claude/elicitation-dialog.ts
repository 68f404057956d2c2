import type { Terminal } from './terminal-exec.ts';

const DIALOG = 'requests your input';
const UNSET = /❯ . Decision: ▸ not set/i;

/** Chooses a decision in the open approval dialog, fills in a reason if given, and accepts the form. */
export async function decide(terminal: Terminal, decision: 'approve' | 'reject', reason?: string): Promise<void> {
  await terminal.waitFor(UNSET);
  await terminal.press('Right');
  await terminal.waitFor(/❯ ◯ approve/i);
  if (decision === 'reject') {
    await terminal.press('Down');
    await terminal.waitFor(/❯ ◯ reject/i);
  }
  await terminal.press('Enter');
  await terminal.waitFor(new RegExp(`✔ Decision: ${decision}`, 'i'));
  if (reason !== undefined) {
    await terminal.type(reason);
    await terminal.waitFor(reason);
  }
  // From the optional reason on to the buttons.
  await terminal.press('Enter');
  await pressButton(terminal, '❯ Accept');
}

/** Closes the dialog with Escape: the server sees `cancel`. */
export async function cancel(terminal: Terminal): Promise<void> {
  await terminal.waitFor(DIALOG);
  await terminal.press('Escape');
  await terminal.waitUntilGone(DIALOG);
}

/** Presses the Decline button: the server sees `decline`. */
export async function decline(terminal: Terminal): Promise<void> {
  await terminal.waitFor(UNSET);
  // From the first field round to the last button.
  await terminal.press('Up');
  await pressButton(terminal, '❯ Decline');
}

/** The client ignores an Enter on a button within some 200 ms of the key before it, so this presses again. */
async function pressButton(terminal: Terminal, focused: string, tries = 5): Promise<void> {
  await terminal.waitFor(focused);
  await terminal.press('Enter');
  const gone = terminal.waitUntilGone(focused, 1_000);
  await (tries > 1 ? gone.catch(() => pressButton(terminal, focused, tries - 1)) : gone);
}
