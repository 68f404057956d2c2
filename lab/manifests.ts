import { join } from 'node:path';

/** The path of one of the lab's own YAML files or log texts. */
export const manifest = (...parts: string[]) => join(import.meta.dirname, 'manifests', ...parts);
