import { describe, expect, it } from 'vitest';
import { criLog } from '../../lab/logs.ts';

const END = Date.parse('2026-11-24T12:00:00Z');

describe('the log of a simulated container', () => {
  it('is in the format of a container runtime, and its last line is of now', () => {
    expect(criLog(['INFO starting', 'FATAL no database'], 2, END)).toBe(
      '2026-11-24T11:59:59.000000000Z stdout F INFO starting\n2026-11-24T12:00:00.000000000Z stderr F FATAL no database\n',
    );
  });

  it('repeats its lines, each with its own number', () => {
    expect(criLog(['a {n}', 'b {n}'], 3, END).match(/[ab] \d/g)).toEqual(['a 1', 'b 2', 'a 3']);
  });
});
