import { globSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cruise, type IConfiguration, type ICruiseResult } from 'dependency-cruiser';
import { describe, expect, it } from 'vitest';

const config: IConfiguration = createRequire(import.meta.url)('../../.dependency-cruiser.cjs');
const SOURCES = [
  'servers',
  'shared',
  'cli',
  'dashboard',
  'daemon',
  'claude-config',
  'demo',
  'lab',
  'bench',
  'tools',
  'test',
];

async function cruised(paths: string[]): Promise<ICruiseResult> {
  const { output } = await cruise(paths, {
    ...config.options,
    ruleSet: { forbidden: config.forbidden ?? [] },
    validate: true,
  });
  if (typeof output === 'string') throw new Error(output);
  return output;
}

describe('imports', () => {
  it('keep to the directions of the architecture, in every module that there is', async () => {
    const { summary, modules } = await cruised(SOURCES);
    expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
    // dependency-cruiser reports no violations, too, when it could not read a single module.
    const ours = modules.filter(({ source }) => /\.tsx?$/.test(source) && !source.includes('node_modules')).length;
    expect(ours).toBe(SOURCES.flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx}`)).length);
  }, 60_000);
});
