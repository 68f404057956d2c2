import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBytes, formatCpu, parseQuantity } from '../../../shared/cluster/quantity.ts';

describe('a quantity', () => {
  it.each([
    ['250m', 0.25],
    ['2', 2],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['100n', 1e-7],
    ['64Ki', 65_536],
    ['128Mi', 134_217_728],
    ['1Gi', 1_073_741_824],
    ['1.5Gi', 1_610_612_736],
    ['2k', 2_000],
    ['3G', 3e9],
    ['1e3', 1_000],
    ['1E3', 1_000],
    ['2E', 2e18],
    ['5e-1', 0.5],
    ['-1', -1],
    [110, 110],
  ])('%s is %d', (text, value) => {
    expect(parseQuantity(text)).toBeCloseTo(value, 9);
  });

  it.each(['', 'm', '1Kb', '1 Gi', '1.2.3', 'Gi', '0x10', '1e', '1ki', 'NaN', '1e400'])('%j is none', (text) => {
    expect(() => parseQuantity(text)).toThrow('is not a quantity');
  });

  it('of whole millicores comes back as it went in', () => {
    fc.assert(fc.property(fc.nat(1_000_000), (m) => formatCpu(parseQuantity(`${m}m`)) === `${m / 1000} CPU`));
  });

  it('reads well', () => {
    expect([formatCpu(2.5), formatBytes(3 * 2 ** 30), formatBytes(1.25 * 2 ** 30), formatBytes(300 * 2 ** 20)]).toEqual(
      ['2.5 CPU', '3 Gi', '1.25 Gi', '300 Mi'],
    );
  });
});
