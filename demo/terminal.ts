import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';

/** What the demo shows goes to stdout; progress of the lab goes to stderr. */
export function say(text = ''): void {
  process.stdout.write(`${text}\n`);
}

let step = 0;

/** One step of the story, and why it is told. */
export function narrate(title: string, why: string): void {
  step += 1;
  say(`\n${styleText(['bold', 'cyan'], `${step}. ${title}`)}`);
  say(styleText('dim', why));
}

/** An answer of a server, as the model reads it, indented and cut to what fits a screen. */
export function quote(text: string, lines = 18): void {
  const all = text.trimEnd().split('\n');
  for (const line of all.slice(0, lines)) say(`   ${styleText('gray', '│')} ${line}`);
  if (all.length > lines) say(`   ${styleText('gray', `│ … ${all.length - lines} more lines`)}`);
}

export interface Person {
  /** Answers the form that a server shows: what a client like Claude Code does with it. */
  answer(message: string): Promise<{ action: 'accept'; decision: 'approve' | 'reject' } | { action: 'cancel' }>;
}

/** Says yes to everything, and says so: for scripts. */
export const yesPerson: Person = {
  answer: async (message) => {
    quote(message);
    say(styleText(['bold', 'yellow'], '   --yes: APPROVED BY THE SCRIPT. Nobody has looked at this.'));
    // A person does not answer within milliseconds, and the gate knows that.
    return { action: 'accept', decision: 'approve' };
  },
};

/** The person at this terminal. Without one there is no answer, and the action stays pending. */
export const terminalPerson: Person = {
  answer: async (message) => {
    quote(message);
    if (!process.stdin.isTTY) {
      say(styleText('yellow', '   Nobody is at this terminal (run it in one, or with --yes): no answer.'));
      return { action: 'cancel' };
    }
    return { action: 'accept', decision: await askUntilClear() };
  },
};

async function askUntilClear(): Promise<'approve' | 'reject'> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    for (;;) {
      const typed = (await terminal.question(styleText('bold', '   Your decision (approve / reject): '))).trim();
      if (typed === 'approve' || typed === 'reject') return typed;
    }
  } finally {
    terminal.close();
  }
}
