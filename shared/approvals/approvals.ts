import type { Clock } from '../kernel/clock.ts';
import { OpsError } from '../kernel/errors.ts';
import { type Approval, type ApprovalState, type Channel, isOverdue, move } from './approval.ts';
import type { ApprovalFilter, ApprovalStore } from './store.ts';

/** A person's answer. */
export interface Verdict {
  readonly decision: 'approve' | 'reject';
  readonly by: string;
  readonly via: Channel;
  readonly reason?: string;
}

/** After its deadline a claimed approval has this long to report, in milliseconds; then its outcome is unknown. */
const REPORT_GRACE = 10_000;

/** The life of approvals: the one place that settles, expires and claims them. */
export class Approvals {
  readonly #store: ApprovalStore;
  readonly #clock: Clock;

  constructor(store: ApprovalStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The open approval with this key and fingerprint: found, or made. One whose target has moved becomes void. */
  async request(draft: Approval): Promise<{ readonly approval: Approval; readonly voided?: Approval }> {
    const found = await this.#fresh(await this.#store.open(draft));
    const moved = found.fingerprint !== draft.fingerprint && (found.state === 'pending' || found.state === 'approved');
    if (moved) await this.#change(found, 'void', { result: 'the target has moved since this was asked' });
    const gone = moved || found.state === 'expired';
    if (!gone) return { approval: found };
    return { approval: await this.#store.open(draft), ...(moved && { voided: found }) };
  }

  async get(id: string): Promise<Approval | undefined> {
    const approval = await this.#store.get(id);
    return approval && (await this.#fresh(approval));
  }

  async list(filter?: ApprovalFilter): Promise<readonly Approval[]> {
    const fresh = await Promise.all((await this.#store.list(filter)).map((approval) => this.#fresh(approval)));
    return fresh.filter(({ state }) => filter?.states === undefined || filter.states.includes(state));
  }

  /** A person's answer. The first one counts; a later one is told what was decided. */
  async settle(id: string, verdict: Verdict): Promise<Approval> {
    const approval = await this.get(id);
    if (approval === undefined) {
      throw new OpsError('not_found', `No approval has the id ${id}.`, 'List them: k8s-agent approvals list');
    }
    const { decision, by, via, reason } = verdict;
    const settled = { at: this.#clock.now(), by, via, ...(reason && { reason }) };
    const next = decision === 'approve' ? 'approved' : 'rejected';
    if (approval.state === 'pending' && (await this.#change(approval, next, { settled }))) {
      return { ...approval, state: next, settled };
    }
    const now = (await this.get(id)) ?? approval;
    throw new OpsError(
      'conflict',
      `Approval ${id} is already ${now.state}.`,
      'A settled approval never changes; ask for the action again.',
    );
  }

  /** Voids one that has not run yet. */
  async withdraw(id: string, result: string): Promise<void> {
    const approval = await this.get(id);
    if (approval?.state === 'pending' || approval?.state === 'approved')
      await this.#change(approval, 'void', { result });
  }

  /** Takes an approved one for execution; undefined when somebody else has it or it is not approved any more. */
  async claim(id: string, call: string, writer: string, deadlineMs: number): Promise<Approval | undefined> {
    const approval = await this.get(id);
    if (approval?.state !== 'approved') return undefined;
    const at = this.#clock.now();
    const claim = { at, writer, call, deadline: at + deadlineMs };
    return (await this.#change(approval, 'executing', { claim }))
      ? { ...approval, state: 'executing', claim }
      : undefined;
  }

  async finish(claimed: Approval, state: 'executed' | 'failed' | 'unknown', result: string): Promise<void> {
    await this.#change(claimed, state, { result });
  }

  /** Applies what time has done to an approval since it was written. */
  async #fresh(approval: Approval): Promise<Approval> {
    const now = this.#clock.now();
    if (isOverdue(approval, now)) return this.#settleByTime(approval, 'expired', 'nobody answered in time');
    const late = approval.claim !== undefined && now >= approval.claim.deadline + REPORT_GRACE;
    if (approval.state !== 'executing' || !late) return approval;
    return this.#settleByTime(
      approval,
      'unknown',
      `its server ended before it could say what came of it; k8s-agent audit verify says whether call ${approval.claim?.call} had begun`,
    );
  }

  async #settleByTime(approval: Approval, state: ApprovalState, result: string): Promise<Approval> {
    const changed = await this.#change(approval, state, { result });
    return changed ? { ...approval, state, result } : ((await this.#store.get(approval.id)) ?? approval);
  }

  #change(approval: Approval, to: ApprovalState, change: Partial<Approval>): Promise<boolean> {
    return this.#store.swap(approval.state, move(approval, to, change));
  }
}
