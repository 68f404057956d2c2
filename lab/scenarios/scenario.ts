import type { WholeLabInfo } from '../info.ts';

/** A way to break the lab, and its cure. Both say in a line what they did, and may be repeated. */
export interface Scenario {
  readonly about: string;
  readonly break: (lab: WholeLabInfo) => Promise<string>;
  readonly heal: (lab: WholeLabInfo) => Promise<string>;
}
