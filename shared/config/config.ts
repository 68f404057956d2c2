import { readFileSync } from 'node:fs';
import { errnoOf, messageOf, OpsError } from '../kernel/errors.ts';
import { type Config, configSchema } from './schema.ts';

/** Reads the file; its absence means the defaults. Errors carry line and column. */
export async function readConfig(file: string): Promise<Config> {
  const text = read(file);
  if (text === undefined) return configSchema.parse({});
  // Loaded when there is a file to read: YAML would cost each start.
  const { parseConfig } = await import('./parse.ts');
  return parseConfig(text, file);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw new OpsError('config_invalid', `${file} cannot be read: ${messageOf(error)}.`, 'Check its owner and mode.');
  }
}
