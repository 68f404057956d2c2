import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { at } from '../../shared/kernel/json.ts';
import { assemble, filesIn } from './containerfile.ts';
import { DEPLOY } from './render.ts';

const ROOT = join(DEPLOY, '..');
const TOOL = 'buildah';
const FILE = join(DEPLOY, 'Containerfile');
const folder = mkdtempSync(join(tmpdir(), 'k8s-agent-buildah-'));
const storage = ['--storage-driver=vfs', `--root=${join(folder, 'root')}`, `--runroot=${join(folder, 'run')}`];

const buildah = async (...args: readonly string[]) =>
  (await execa(TOOL, [...storage, ...args], { stdin: 'ignore' })).stdout;
/** Root, since it mounts what it has built. */
const isThere =
  process.getuid?.() === 0 && !(await execa(TOOL, ['--version'], { reject: false, stdin: 'ignore' })).failed;

afterAll(async () => {
  if (isThere) await buildah('umount', '--all').then(() => buildah('rm', '--all'));
  rmSync(folder, { recursive: true });
});

describe('deploy/Containerfile, built by buildah on an empty base', () => {
  it.for(['amd64', 'arm64'])(
    'makes the image for %s that the other tests start',
    { timeout: 120_000 },
    async (target, { skip }) => {
      if (!isThere) skip('buildah is not installed, or this is not root: nothing but the copied files was tested');
      const options = ['--isolation=chroot', `--platform=linux/${target}`, '--build-arg=NODE_IMAGE=scratch'];
      await buildah('build', ...options, `--file=${FILE}`, `--tag=dashboard:${target}`, ROOT);
      const container = await buildah('from', '--pull=never', `--arch=${target}`, `dashboard:${target}`);
      const expected = assemble(readFileSync(FILE, 'utf8'), { context: ROOT, folder, args: { TARGETARCH: target } });
      expect(filesIn(await buildah('mount', container))).toEqual(filesIn(expected.root));
      const image = at(JSON.parse(await buildah('inspect', '--type=image', `dashboard:${target}`)), 'OCIv1');
      const { user, cmd, workdir, env } = expected;
      expect(image).toMatchObject({ architecture: target, config: { User: user, Cmd: cmd, WorkingDir: workdir } });
      expect(at(image, 'config', 'Env')).toEqual(
        expect.arrayContaining(Object.entries(env).map(([name, value]) => `${name}=${value}`)),
      );
    },
  );
});
