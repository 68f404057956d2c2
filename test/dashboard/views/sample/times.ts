export const NOW = Date.UTC(2026, 10, 24, 6, 0, 0);
export const MIN = 60_000;
export const HOUR = 60 * MIN;
/** The run that most of the sample belongs to. */
export const RUN = 'run-7k2m4x9q1c';
/** One whose change did not help. */
export const VERIFIED_RUN = 'run-5h3j7k8l2p';
