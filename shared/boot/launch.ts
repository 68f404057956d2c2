/**
 * Flags of Node for every server: a young generation of 1 MB and one helper thread take 7 MB off its memory and
 * 20 ms off its start, and a server that answers one question at a time misses neither (docs/measurements.md).
 */
export const NODE_FLAGS: readonly string[] = ['--max-semi-space-size=1', '--v8-pool-size=1'];

/**
 * The same for the dashboard, whose pod has 64 MiB: without a limit V8 lets garbage grow until the kernel has no page of
 * the program left, and it spends its time reading them again (docs/measurements.md).
 */
export const DASHBOARD_FLAGS: readonly string[] = [...NODE_FLAGS, '--lite-mode', '--max-old-space-size=24'];
