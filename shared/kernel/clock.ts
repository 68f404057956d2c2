/** The one source of time. Tests inject their own, so that none of them sleeps. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** RFC 3339 in UTC, as the audit log and the approvals write it. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
