import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, expect, it } from 'vitest';
import { at } from '../../shared/kernel/json.ts';
import { assemble, filesIn } from './containerfile.ts';
import { contextWithClient } from './daemon-context.ts';
import { DEPLOY } from './render.ts';

const TOOL = 'buildah';
const FILE = join(DEPLOY, 'Containerfile.daemon');
const TARGET = 'arm64';
const folder = mkdtempSync(join(tmpdir(), 'k8s-agent-daemon-buildah-'));
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

it('deploy/Containerfile.daemon, built by buildah on an empty base, is the image that the other tests start', {
  timeout: 180_000,
}, async ({ skip }) => {
  if (!isThere) skip('buildah is not installed, or this is not root: nothing but the copied files was tested');
  const context = contextWithClient(join(folder, 'context'));
  const options = ['--isolation=chroot', `--platform=linux/${TARGET}`, '--build-arg=NODE_IMAGE=scratch'];
  await buildah('build', ...options, `--file=${FILE}`, '--tag=daemon', context);
  const container = await buildah('from', '--pull=never', `--arch=${TARGET}`, 'daemon');
  const expected = assemble(readFileSync(FILE, 'utf8'), { context, folder, args: { TARGETARCH: TARGET } });
  expect(filesIn(await buildah('mount', container))).toEqual(filesIn(expected.root));
  const image = at(JSON.parse(await buildah('inspect', '--type=image', 'daemon')), 'OCIv1');
  const { user, cmd, workdir, env } = expected;
  expect(image).toMatchObject({ architecture: TARGET, config: { User: user, Cmd: cmd, WorkingDir: workdir } });
  expect(at(image, 'config', 'Env')).toEqual(
    expect.arrayContaining(Object.entries(env).map(([name, value]) => `${name}=${value}`)),
  );
});
