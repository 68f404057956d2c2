import { execa } from 'execa';
import { expect, it } from 'vitest';

it('the page script compiles against the DOM, which nothing else here may use', async () => {
  const { exitCode, all } = await execa('tsc', ['-p', 'dashboard/page'], {
    preferLocal: true,
    reject: false,
    all: true,
  });
  expect(exitCode, all).toBe(0);
});
