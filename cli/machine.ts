import type { Clock } from '../shared/kernel/clock.ts';

/** What the command line finds around it: read by main.ts alone, made up by tests. */
export interface Machine {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  /** The person's home folder. */
  readonly homeFolder: string;
  readonly person: string;
  /** Absolute path of the running Node.js. */
  readonly node: string;
  readonly nodeVersion: string;
  /** The folder with package.json. */
  readonly root: string;
  readonly terminal: Terminal;
}

interface Terminal {
  write(text: string): void;
  writeError(text: string): void;
  /** Both standard input and output are a terminal: a person can be asked. */
  readonly isInteractive: boolean;
  /** Asks without showing what is typed. */
  askPassword(message: string): Promise<string>;
}
