import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { place } from '../../tools/place.ts';
import { tempFolder } from '../support/gate-rig.ts';

const DAY = 86_400_000;

/** A folder of bundles, builds into it, and days that go by. */
function aDist() {
  const folder = tempFolder();
  const chunks = () => readdirSync(join(folder, 'chunks')).sort();
  const build = (files: Readonly<Record<string, string>>) =>
    place(
      folder,
      Object.entries(files).map(([name, text]) => ({ path: join(folder, name), contents: Buffer.from(text) })),
    );
  const wait = (days: number) => {
    const then = new Date(Date.now() - days * DAY);
    for (const name of chunks()) utimesSync(join(folder, 'chunks', name), then, then);
  };
  return { folder, build, wait, chunks };
}

const FIRST = {
  'gitea.js': 'import"./chunks/http-AAAAAAA1.js"',
  'chunks/http-AAAAAAA1.js': 'import("./late-AAAAAAA2.js")',
  'chunks/late-AAAAAAA2.js': '',
};
const SECOND = { 'gitea.js': 'import"./chunks/http-BBBBBBB1.js"', 'chunks/http-BBBBBBB1.js': '' };

it('leaves chunks that are needed no more for a day, for what was started before', async () => {
  const { build, wait, chunks } = aDist();
  await build(FIRST);
  wait(10);
  await build(SECOND);
  wait(0.9);
  await build(SECOND);
  expect(chunks()).toEqual(['http-AAAAAAA1.js', 'http-BBBBBBB1.js', 'late-AAAAAAA2.js']);
  wait(1.1);
  await build(SECOND);
  expect(chunks()).toEqual(['http-BBBBBBB1.js']);
});

it('leaves chunks that a bundle needs which this build has not made', async () => {
  const { build, wait, chunks } = aDist();
  await build(FIRST);
  wait(10);
  await build({ 'guard.js': 'import"./chunks/hook-CCCCCCC1.js"', 'chunks/hook-CCCCCCC1.js': '' });
  expect(chunks()).toEqual(['hook-CCCCCCC1.js', 'http-AAAAAAA1.js', 'late-AAAAAAA2.js']);
});

it('leaves a bundle as it is until all of its chunks are there', async () => {
  const { folder, build } = aDist();
  await build(FIRST);
  const inTheWay = join(folder, 'chunks/http-BBBBBBB1.js');
  mkdirSync(inTheWay);
  await expect(build(SECOND)).rejects.toThrow();
  expect(readFileSync(join(folder, 'gitea.js'), 'utf8')).toBe(FIRST['gitea.js']);
  rmSync(inTheWay, { recursive: true });
  await build(SECOND);
  expect(readFileSync(join(folder, 'gitea.js'), 'utf8')).toBe(SECOND['gitea.js']);
});
