import type { Approval } from '../../shared/approvals/approval.ts';
import type { ApprovalStore } from '../../shared/approvals/store.ts';
import { Follower, type Glance } from './follow.ts';
import { Counter, Histogram } from './text.ts';

/** Seconds; an approval expires after 15 minutes by default. */
const BOUNDS = [5, 15, 30, 60, 120, 300, 600, 900, 3_600];

/** As many as a gauge counts; more is trouble enough. */
const MOST = 1_000;

const NOBODY = 'none';
const START = [
  ...['terminal', 'cli', 'dashboard'].flatMap((via) => ['approved', 'rejected'].map((decision) => ({ decision, via }))),
  ...['expired', 'void'].map((decision) => ({ decision, via: NOBODY })),
];

/** What was decided, by whichever channel: a terminal settles in the store, and not over the API. */
export class ApprovalMetrics {
  readonly #settled = new Counter('k8s_agent_approvals_settled_total', 'Approvals that were settled.', START);
  readonly #times = new Histogram('k8s_agent_approval_decision_seconds', 'How long people took to decide.', BOUNDS);
  readonly #from: number;
  readonly #follower: Follower<boolean>;

  constructor(approvals: ApprovalStore, from: number) {
    this.#from = from;
    this.#follower = new Follower(from, {
      newest: async (limit) => (await approvals.list({ limit })).map(glance),
      open: async () => (await approvals.list({ states: ['pending'], limit: MOST })).map(glance),
      visit: async (id, counted) => {
        const approval = await approvals.get(id);
        const isDecided = counted || this.#count(approval);
        return { counted: isDecided, isOver: isDecided || approval === undefined };
      },
    });
  }

  async text(): Promise<string> {
    await this.#follower.look();
    return this.#settled.text() + this.#times.text();
  }

  /** The first decision counts: an approval that nobody used in time was given all the same. */
  #count(approval: Approval | undefined): boolean {
    if (approval === undefined || approval.state === 'pending') return false;
    const { settled, state, createdAt } = approval;
    const decision = settled === undefined || state === 'rejected' ? state : 'approved';
    if (settled === undefined) this.#settled.add({ decision, via: NOBODY });
    else if (settled.at >= this.#from) {
      this.#settled.add({ decision, via: settled.via });
      this.#times.observe({ decision, via: settled.via }, (settled.at - createdAt) / 1_000);
    }
    return true;
  }
}

function glance({ id, state, createdAt, settled }: Approval): Glance {
  const version = state === 'pending' ? 'pending' : 'decided';
  return { id, version, createdAt, changedAt: settled?.at ?? createdAt };
}
