import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { errnoOf, messageOf, OpsError } from '../shared/kernel/errors.ts';

/** The text of a file; undefined where there is none. */
export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw new OpsError('config_invalid', `${file} cannot be read: ${messageOf(error)}.`, 'Check its permissions.', {
      cause: error,
    });
  }
}

/** Readers see the old text or the new one, never half. An existing file keeps its mode, a symbolic link its target. */
export function writeAtomically(file: string, text: string, mode = 0o644): void {
  const target = existsSync(file) ? realpathSync(file) : file;
  const draft = join(dirname(target), `.${process.pid}.k8s-agent.tmp`);
  try {
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    writeFileSync(draft, text, { mode, flush: true });
    chmodSync(draft, (statSync(target, { throwIfNoEntry: false })?.mode ?? mode) & 0o777);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new OpsError(
      'store_unavailable',
      `${file} cannot be written: ${messageOf(error)}.`,
      'Check its permissions and the free space. It was not changed.',
      { cause: error },
    );
  }
}
