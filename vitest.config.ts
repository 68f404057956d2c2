import { defineConfig } from 'vitest/config';

const only = (name: string, include: string[], rest: object = {}) => ({
  test: { name, include, environment: 'node' as const, ...rest },
});

/** Projects run one after the other: two cores are few for compilers, an API server and the client at once. */
const after = (groupOrder: number) => ({ sequence: { groupOrder } });

/**
 * Real programs on two cores may be slower once than anybody waits for. What passes at its second try is printed as
 * such (retry x1) and is a finding; what fails twice fails.
 */
const SECOND_TRY = { retry: 1 };

/** unit: no cluster, seconds. static: compiler and linters. lab: a real API server. e2e: the real Claude Code client on top of it. */
export default defineConfig({
  test: {
    projects: [
      only('unit', ['test/**/*.test.ts'], {
        exclude: ['**/*.{static,lab,e2e}.test.ts', 'node_modules/**'],
        // scrypt and fsync take seconds while the other suites use both cores.
        testTimeout: 30_000,
        maxWorkers: 2,
      }),
      only('static', ['test/**/*.static.test.ts'], { ...after(3), testTimeout: 120_000, maxWorkers: 1 }),
      only('lab', ['test/**/*.lab.test.ts'], {
        ...after(1),
        ...SECOND_TRY,
        testTimeout: 60_000,
        hookTimeout: 240_000,
        // One more than there are cores: much of it waits for pods, syncs and alerts.
        maxWorkers: 3,
      }),
      only('e2e', ['test/**/*.e2e.test.ts'], {
        ...after(2),
        ...SECOND_TRY,
        testTimeout: 120_000,
        hookTimeout: 300_000,
        maxWorkers: 2,
      }),
    ],
  },
});
