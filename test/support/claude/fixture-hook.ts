import { appendFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { isObject } from '../../../shared/kernel/json.ts';

/** A hook that allows everything, and appends what it was given to the file that its argument names. */
const [log] = process.argv.slice(2);
if (log === undefined) throw new Error('Usage: fixture-hook.ts LOG');
const input: unknown = JSON.parse(await text(process.stdin));
if (isObject(input)) appendFileSync(log, `${JSON.stringify(input)}\n`);
