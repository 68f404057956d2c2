/**
 * Flags of Node for every server: a young generation of 1 MB and one helper thread take 7 MB off its memory and
 * 20 ms off its start, and a server that answers one question at a time misses neither (docs/measurements.md).
 */
export const NODE_FLAGS: readonly string[] = ['--max-semi-space-size=1', '--v8-pool-size=1'];
