import type { Command } from 'commander';
import type { Context } from './context.ts';

/** Adds one command. Its action gets the context and answers with the exit code; nothing means 0. */
export type AddCommand = (program: Command, run: Run) => void;
export type Run = (action: (context: Context) => Promise<number | undefined> | number | undefined) => Promise<void>;
