import { type Approval, type ApprovalState, move, OPEN_STATES } from '../../approvals/approval.ts';
import type { ApprovalFilter, ApprovalStore } from '../../approvals/store.ts';
import { type Clock, iso } from '../../kernel/clock.ts';
import { OpsError } from '../../kernel/errors.ts';
import type { Documents } from '../ports.ts';
import type { HttpApprovalStore } from './stores.ts';

export interface FallbackOptions {
  /** This machine's file. */
  readonly here: ApprovalStore;
  /** The dashboard. */
  readonly there: HttpApprovalStore;
  /** This machine's: what has been sent to the dashboard, by key. */
  readonly sent: Pick<Documents, 'put' | 'get' | 'take'>;
  readonly clock: Clock;
}

const SENT = 'approval-sent';

/** What a person has to repair, and what no fallback may hide. */
const OURS = ['unauthorized', 'forbidden', 'config_invalid', 'invalid_input'];

/** States that only a person brings about: the dashboard takes them from nobody's token. */
const DECIDED: readonly ApprovalState[] = ['approved', 'rejected'];

/**
 * Approvals at the dashboard, or on this machine while the dashboard cannot be reached. An approval lives where it was
 * made, and in one place at a time (docs/decisions/0030): two stores never hold open ones with the same key.
 */
export class FallbackApprovalStore implements ApprovalStore {
  readonly #options: FallbackOptions;

  constructor(options: FallbackOptions) {
    this.#options = options;
  }

  async open(approval: Approval): Promise<Approval> {
    const { here } = this.#options;
    if (await this.#isOpenHere(approval.key)) return here.open(approval);
    return (await this.#isReachable()) ? this.#openThere(approval) : this.#openHere(approval);
  }

  async get(id: string): Promise<Approval | undefined> {
    const { here, there } = this.#options;
    return (await here.get(id)) ?? there.get(id);
  }

  /** Of both; of this machine alone where the dashboard cannot be reached. */
  async list(filter: ApprovalFilter = {}): Promise<readonly Approval[]> {
    const { here, there } = this.#options;
    const [own, theirs] = await Promise.all([here.list(filter), there.list(filter).catch(none)]);
    const moved = new Set(own.map(({ id }) => id));
    const all = [...own, ...theirs.filter(({ id }) => !moved.has(id))];
    return all.toSorted((a, b) => b.createdAt - a.createdAt).slice(0, filter.limit ?? 100);
  }

  async swap(from: ApprovalState, next: Approval): Promise<boolean> {
    const { here, there, sent } = this.#options;
    if ((await here.get(next.id)) !== undefined) return here.swap(from, next);
    if (DECIDED.includes(next.state)) return this.#decideHere(from, next);
    const swapped = await there.swap(from, next);
    if (swapped && !OPEN_STATES.includes(next.state)) await sent.take(SENT, next.key, 0);
    return swapped;
  }

  async isHere(id: string): Promise<boolean> {
    return (await this.#options.here.get(id)) !== undefined;
  }

  /**
   * A person has answered in this machine's terminal. The dashboard gives the approval up first; of two who answer, the
   * one whose move it took has won. Only then is there one here: killed in between, nothing is approved anywhere.
   */
  async #decideHere(from: ApprovalState, next: Approval): Promise<boolean> {
    const { here, there, sent } = this.#options;
    const { settled: verdict, ...rest } = next;
    const asked: Approval = { ...rest, state: from };
    const result = `${next.state} in a terminal by ${verdict?.by ?? 'a person'}`;
    if (!(await there.swap(from, move(asked, 'void', { result })))) return false;
    await here.open(asked);
    await sent.take(SENT, next.key, 0);
    return here.swap(from, next);
  }

  /** Written down before it is sent: whether it arrives or not, from now on it may be answered there. */
  async #openThere(approval: Approval): Promise<Approval> {
    const { here, there, sent, clock } = this.#options;
    const { key } = approval;
    const until = Math.max(Number((await sent.get(SENT, key, clock.now())) ?? 0), approval.expiresAt);
    await sent.put(SENT, key, until, until);
    // Another process of this machine may have found the dashboard away, just now: each writes first, and then looks.
    if (await this.#isOpenHere(key)) return here.open(approval);
    const opened = await there.open(approval);
    const last = Math.max(opened.expiresAt, opened.claim?.deadline ?? 0);
    await sent.put(SENT, key, last, last);
    return opened;
  }

  async #openHere(approval: Approval): Promise<Approval> {
    const { here } = this.#options;
    await this.#demandUnsent(approval.key);
    const opened = await here.open(approval);
    try {
      await this.#demandUnsent(approval.key);
      return opened;
    } catch (error) {
      if (opened.state === 'pending') await here.swap('pending', move(opened, 'void', { result: 'asked elsewhere' }));
      throw error;
    }
  }

  async #demandUnsent(key: string): Promise<void> {
    const { sent, clock } = this.#options;
    const until = await sent.get(SENT, key, clock.now());
    if (until === undefined) return;
    throw new OpsError(
      'unreachable',
      'The dashboard cannot be reached, and an approval for exactly this may still be answered there. Nothing was changed.',
      `Call again when it is back, or after ${iso(Number(until))}, when that one has expired.`,
    );
  }

  async #isOpenHere(key: string): Promise<boolean> {
    const open = await this.#options.here.list({ states: OPEN_STATES, limit: 1_000 });
    return open.some((approval) => approval.key === key);
  }

  async #isReachable(): Promise<boolean> {
    try {
      await this.#options.there.ping();
      return true;
    } catch (error) {
      if (!(error instanceof OpsError) || OURS.includes(error.code)) throw error;
      return false;
    }
  }
}

/** What a person has to repair is said when something is asked of the dashboard, not where it is only listed. */
function none(error: unknown): readonly Approval[] {
  if (error instanceof OpsError) return [];
  throw error;
}
