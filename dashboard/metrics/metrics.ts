import type { ApprovalState } from '../../shared/approvals/approval.ts';
import type { ApprovalStore } from '../../shared/approvals/store.ts';
import { type AuditRecord, OUTCOME_STATUSES } from '../../shared/audit/record.ts';
import type { ControlPlane } from '../../shared/control-plane/ports.ts';
import { Counter, gauge, Histogram } from './text.ts';

const TIERS = ['safe', 'confirm', 'forbidden', 'none'] as const;
const SETTLED: readonly ApprovalState[] = ['approved', 'rejected', 'expired', 'void'];
/** Seconds. */
const BOUNDS = [0.005, 0.02, 0.1, 0.5, 2, 10];
/** As many as a gauge counts; more is trouble enough. */
const MOST = 1000;

/** What this process did (counters), and what the store holds (gauges, read when somebody asks). deploy/README.md lists them. */
export class Metrics {
  readonly #settled = new Counter(
    'k8s_agent_approvals_settled_total',
    'Approvals that were settled.',
    SETTLED.map((decision) => ({ decision })),
  );
  readonly #actions = new Counter(
    'k8s_agent_actions_total',
    'Calls that were shipped.',
    TIERS.flatMap((tier) => OUTCOME_STATUSES.map((outcome) => ({ tier, outcome }))),
  );
  readonly #requests = new Histogram('k8s_agent_http_request_duration_seconds', 'Answers.', BOUNDS);

  /** A change has two records, and one outcome. */
  countAction({ tier, outcome }: AuditRecord): void {
    if (outcome !== undefined) this.#actions.add({ tier: tier ?? 'none', outcome: outcome.status });
  }

  countRequest(labels: { readonly method: string; readonly route: string; readonly status: string }, ms: number): void {
    this.#requests.observe(labels, ms / 1000);
  }

  /** The same store, counted: settling goes through it whoever does it, time included. */
  counted(store: ApprovalStore): ApprovalStore {
    return {
      open: (approval) => store.open(approval),
      get: (id) => store.get(id),
      list: (filter) => store.list(filter),
      swap: async (from, next) => {
        const swapped = await store.swap(from, next);
        if (swapped && SETTLED.includes(next.state)) this.#settled.add({ decision: next.state });
        return swapped;
      },
    };
  }

  async text({ approvals, inbox }: ControlPlane, now: number): Promise<string> {
    const [pending, waiting] = await Promise.all([
      approvals.list({ states: ['pending'], limit: MOST }),
      inbox.waiting(MOST),
    ]);
    const live = pending.filter(({ expiresAt }) => expiresAt > now);
    const age = (times: readonly number[]) => Math.max(0, ...times.map((at) => (now - at) / 1000));
    return [
      gauge('k8s_agent_approvals_pending', 'Approvals that wait for a person.', live.length),
      gauge(
        'k8s_agent_approvals_oldest_pending_seconds',
        'Age of the oldest of them.',
        age(live.map(({ createdAt }) => createdAt)),
      ),
      gauge('k8s_agent_inbox_waiting', 'Inbox entries with news that nobody has taken in.', waiting.length),
      gauge(
        'k8s_agent_inbox_oldest_waiting_seconds',
        'How long the oldest of them has waited.',
        age(waiting.map(({ updatedAt }) => updatedAt)),
      ),
      this.#settled.text(),
      this.#actions.text(),
      this.#requests.text(),
      gauge('process_resident_memory_bytes', 'Memory of the process.', process.memoryUsage.rss()),
    ].join('');
  }
}
