import type { Protection } from './protected.ts';

/** What is known of the machine when a hook runs. */
export interface GuardContext {
  readonly protection: Protection;
  readonly variables: Readonly<Record<string, string | undefined>>;
}
