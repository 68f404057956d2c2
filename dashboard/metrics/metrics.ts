import { type AuditRecord, OUTCOME_STATUSES } from '../../shared/audit/record.ts';
import type { ControlPlane } from '../../shared/control-plane/ports.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { ApprovalMetrics } from './approvals.ts';
import { RunMetrics } from './runs.ts';
import { daemonGauges } from './status.ts';
import { Counter, gauge, Histogram } from './text.ts';

const TIERS = ['safe', 'confirm', 'forbidden', 'none'] as const;
/** Seconds. */
const BOUNDS = [0.005, 0.02, 0.1, 0.5, 2, 10];
/** As many as a gauge counts; more is trouble enough. */
const MOST = 1000;

/**
 * What this process answered and took in, what has happened in the store since it began, and what the store holds: the
 * last two are read when somebody asks. deploy/README.md lists them.
 */
export class Metrics {
  readonly #actions = new Counter(
    'k8s_agent_actions_total',
    'Calls that were shipped.',
    TIERS.flatMap((tier) => OUTCOME_STATUSES.map((outcome) => ({ tier, outcome }))),
  );
  readonly #requests = new Histogram('k8s_agent_http_request_duration_seconds', 'Answers.', BOUNDS);
  readonly #controlPlane: ControlPlane;
  readonly #clock: Clock;
  readonly #approvals: ApprovalMetrics;
  readonly #runs: RunMetrics;

  constructor(controlPlane: ControlPlane, clock: Clock) {
    this.#controlPlane = controlPlane;
    this.#clock = clock;
    this.#approvals = new ApprovalMetrics(controlPlane.approvals, clock.now());
    this.#runs = new RunMetrics(controlPlane.runs, clock.now());
  }

  /** A change has two records, and one outcome. */
  countAction({ tier, outcome }: AuditRecord): void {
    if (outcome !== undefined) this.#actions.add({ tier: tier ?? 'none', outcome: outcome.status });
  }

  countRequest(labels: { readonly method: string; readonly route: string; readonly status: string }, ms: number): void {
    this.#requests.observe(labels, ms / 1000);
  }

  async text(): Promise<string> {
    const { board } = this.#controlPlane;
    const [status, published] = await Promise.all([board.status(), board.workflows()]);
    this.#runs.nameWorkflows((published?.workflows ?? []).map(({ name }) => name));
    return [
      ...(await this.#waiting()),
      await this.#approvals.text(),
      await this.#runs.text(),
      ...daemonGauges(status, this.#clock.now()),
      this.#actions.text(),
      this.#requests.text(),
      gauge('process_resident_memory_bytes', 'Memory of the process.', process.memoryUsage.rss()),
    ].join('');
  }

  async #waiting(): Promise<readonly string[]> {
    const { approvals, inbox } = this.#controlPlane;
    const now = this.#clock.now();
    const pending = await approvals.list({ states: ['pending'], limit: MOST });
    const waiting = await inbox.waiting(MOST);
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
    ];
  }
}
