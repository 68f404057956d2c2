import { defineConfig } from 'vitest/config';

const only = (name: string, include: string[], rest: object = {}) => ({
  test: { name, include, environment: 'node' as const, ...rest },
});

/** unit: no cluster, seconds. static: compiler and linters. lab: a real API server. e2e: the real Claude Code client on top of it. */
export default defineConfig({
  test: {
    projects: [
      only('unit', ['test/**/*.test.ts'], { exclude: ['**/*.{static,lab,e2e}.test.ts', 'node_modules/**'] }),
      only('static', ['test/**/*.static.test.ts'], { testTimeout: 120_000, maxWorkers: 1 }),
      only('lab', ['test/**/*.lab.test.ts'], { testTimeout: 60_000, hookTimeout: 240_000, maxWorkers: 2 }),
      only('e2e', ['test/**/*.e2e.test.ts'], { testTimeout: 120_000, hookTimeout: 300_000, maxWorkers: 1 }),
    ],
  },
});
