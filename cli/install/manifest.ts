import { join } from 'node:path';
import { z } from 'zod';
import { messageOf, OpsError } from '../../shared/kernel/errors.ts';
import type { Paths } from '../../shared/kernel/paths.ts';
import { readText, writeAtomically } from '../files.ts';
import { changeSchema } from './merge.ts';

const mergedSchema = z.strictObject({
  /** We made the file. */
  created: z.boolean(),
  /** The text before we wrote, while nobody else has written since; only for settings.json. */
  before: z.string().exactOptional(),
  /** SHA-256 of the text after we wrote. */
  after: z.string(),
  changes: z.array(changeSchema),
});
export type MergedFile = z.output<typeof mergedSchema>;

const ownedSchema = z.strictObject({
  path: z.string(),
  /** SHA-256 of what we wrote. */
  sha256: z.string(),
  /** What stood there before. */
  replaced: z.string().exactOptional(),
});
export type OwnedFile = z.output<typeof ownedSchema>;

const common = { settings: mergedSchema.exactOptional(), claudeJson: mergedSchema.exactOptional() };

/** What `install` wrote, and what `uninstall` therefore may take out: `k8s-agent/install.json`. */
const manifestSchema = z.union([
  z.strictObject({ version: z.literal(2), ...common, files: z.array(ownedSchema) }),
  // Before there were skills and workflows.
  z
    .strictObject({ version: z.literal(1), ...common, agents: z.array(ownedSchema) })
    .transform(({ agents, ...rest }) => ({ ...rest, version: 2 as const, files: agents })),
]);
export type Manifest = z.output<typeof manifestSchema>;

export const EMPTY: Manifest = { version: 2, files: [] };

export function manifestFile(paths: Paths): string {
  return join(paths.state, 'install.json');
}

export function readManifest(paths: Paths): Manifest | undefined {
  const file = manifestFile(paths);
  const text = readText(file);
  if (text === undefined) return undefined;
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new OpsError(
      'config_invalid',
      `${file} cannot be read: ${messageOf(error)}.`,
      'It says what install has written. Move it away to install anew; uninstall then only takes out what it still recognises.',
      { cause: error },
    );
  }
}

/** Throws where there is no install in the Claude folder. */
export function demandInstall(paths: Paths): void {
  if (readManifest(paths) === undefined)
    throw new OpsError('precondition_failed', `Nothing is installed in ${paths.home}.`, 'First: k8s-agent install');
}

export function writeManifest(paths: Paths, manifest: Manifest): void {
  writeAtomically(manifestFile(paths), `${JSON.stringify(manifest, null, 2)}\n`, 0o600);
}
