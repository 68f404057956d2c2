import { join } from 'node:path';

/** The lab's own YAML and log texts. */
export const MANIFESTS_DIR = join(import.meta.dirname, 'manifests');

export const manifest = (...parts: string[]) => join(MANIFESTS_DIR, ...parts);
