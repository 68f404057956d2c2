import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const run = (program: string, ...args: string[]) =>
  execa(program, args, { preferLocal: true, reject: false, all: true });

describe('the tree', () => {
  it.each([
    ['compiles', 'tsc', ['-p', '.']],
    ['is formatted and linted', 'biome', ['check', '--error-on-warnings']],
    ['has no dead code and no unused dependency', 'knip', []],
  ])('%s', async (_, program, args) => {
    const { exitCode, all } = await run(program, ...args);
    expect(exitCode, all).toBe(0);
  });
});
