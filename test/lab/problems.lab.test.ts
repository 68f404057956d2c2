import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { programsDir } from '../../lab/binaries/binaries.ts';
import { readModule } from '../../lab/binaries/module.ts';
import { controlPlane } from '../../lab/binaries/modules.ts';
import { labUp } from '../../lab/index.ts';

let root = '';
let programs = '';
const silent = () => {};

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lab-broken-'));
  programs = programsDir({ XDG_CACHE_HOME: root }, await readModule(controlPlane));
  await mkdir(programs, { recursive: true });
});

afterEach(() => rm(root, { recursive: true }));

async function putProgram(content: string, mode = 0o700) {
  await writeFile(join(programs, 'hyperkube'), content);
  await chmod(join(programs, 'hyperkube'), mode);
  await Promise.all(controlPlane.programs.map((name) => symlink('hyperkube', join(programs, name))));
}

const up = () => {
  const env = { XDG_CACHE_HOME: root, HOME: root, PATH: '' };
  return labUp({ dir: join(root, 'lab'), env, report: silent, scope: 'cluster' });
};

describe('a damaged program in the cache', () => {
  it.each([
    ['is cut off', '\x7fELF cut off'],
    ['ends without a word', '#!/bin/sh\nexit 3\n'],
  ])('is named with its cure when it %s', async (_, content) => {
    await putProgram(content);
    await expect(up()).rejects.toMatchObject({
      message: expect.stringContaining('etcd ended before it was ready'),
      hint: expect.stringContaining(`Delete ${programs} and run the same command again`),
    });
  });

  it('is named with its cure when it may not be run', async () => {
    await putProgram('#!/bin/sh\n', 0o600);
    await expect(up()).rejects.toMatchObject({
      message: expect.stringContaining('etcd cannot be run'),
      hint: expect.stringContaining(`Delete ${programs}`),
    });
  });

  it('shows what it said before it died', async () => {
    await putProgram('#!/bin/sh\necho "listen tcp 127.0.0.1:1: bind: address already in use"; exit 1\n');
    await expect(up()).rejects.toMatchObject({
      message: expect.stringContaining('bind: address already in use'),
      hint: expect.stringMatching(/Another program took port \d+ or \d+ meanwhile. Run the same command again/),
    });
  });
});

describe('a folder that cannot be written', () => {
  it('is named, with the settings that choose another one', async () => {
    await putProgram('#!/bin/sh\n');
    await writeFile(join(root, 'file'), '');
    const env = { XDG_CACHE_HOME: root, HOME: root, PATH: '' };
    await expect(
      labUp({ dir: join(root, 'file', 'lab'), env, report: silent, scope: 'cluster' }),
    ).rejects.toMatchObject({
      message: expect.stringContaining(`The lab cannot write to ${join(root, 'file', 'lab')}`),
      hint: expect.stringContaining('K8S_AGENT_LAB_DIR'),
    });
  });
});
