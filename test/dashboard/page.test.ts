import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { newsOf } from '../../dashboard/page/news.ts';
import { ASSETS, PAGE_SCRIPT, STYLE } from '../../dashboard/views/assets.ts';
import { ago, left, span } from '../../dashboard/views/times.ts';
import { get } from './views/plane.ts';

describe('the assets', () => {
  it('are small: under 30 kB of compressed script, 12 kB of style', () => {
    expect(gzipSync(ASSETS.get(PAGE_SCRIPT)?.body ?? '').length).toBeLessThan(30_000);
    expect(ASSETS.get(STYLE)?.body.length).toBeLessThan(12_000);
  });

  it.each([PAGE_SCRIPT, STYLE])('may be kept for ever under the name of what they hold: %s', async (path) => {
    const { status, headers } = await get({}, path);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toContain('immutable');
    expect((await get({}, path.replace(/\w{10}\./, '0123456789.'))).status).toBe(404);
  });
});

describe('times', () => {
  it.each([
    [-5, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_599_999, '59 min'],
    [86_400_000, '1 d'],
  ])('%d ms are %s', (ms, text) => expect(span(ms)).toBe(text));

  it.each([
    [0, 'now'],
    [1, 'in 1 s'],
    [59_000, 'in 59 s'],
    [60_000, 'in 1 min 00 s'],
    [754_100, 'in 12 min 35 s'],
    [7_200_000, 'in 2 h'],
  ])('%d ms are left: %s', (ms, text) => expect(left(ms)).toBe(text));

  it('calls what is less than a second ago just now', () => expect(ago(999)).toBe('just now'));
});

describe('the news', () => {
  it('tells what came and what went, and nothing of what stayed', () => {
    const [a, b, c] = [
      ['1', 'scale web'],
      ['2', 'sync media'],
      ['3', 'delete cache'],
    ] as const;
    expect(newsOf(new Map([a, b]), new Map([b, c]))).toBe(
      'Waiting for you: delete cache. No longer waiting: scale web.',
    );
    expect(newsOf(new Map([a]), new Map([a]))).toBe('');
  });
});
