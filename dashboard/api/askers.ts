import { type Approval, type ApprovalState, move } from '../../shared/approvals/approval.ts';
import type { ApprovalStore } from '../../shared/approvals/store.ts';
import type { ControlPlane, Documents } from '../../shared/control-plane/ports.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { Caller } from '../auth/caller.ts';
import { writerOf } from './writers.ts';

const ASKER = 'approval-asker';
/** Longer than an approval stands and is executed, in milliseconds. */
const KEPT = 30 * 86_400_000;

/** All daemons are one asker, since each goes on with the runs of the others. */
const DAEMONS = 'daemon';

/**
 * Who has asked for an approval, and may go on with it. A person’s yes is to the words that they read, and those are the
 * asker’s: the key and the fingerprint, by which a call finds its yes, can be read and repeated by every other token.
 */
export class Askers {
  readonly #approvals: ApprovalStore;
  readonly #documents: Documents;
  readonly #clock: Clock;

  constructor({ approvals, documents }: ControlPlane, clock: Clock) {
    this.#approvals = approvals;
    this.#documents = documents;
    this.#clock = clock;
  }

  /** Adds an approval, or finds the asker's own with its key. Throws where somebody else asks for exactly that. */
  async open(caller: Caller, approval: Approval): Promise<Approval> {
    const { id, run } = approval;
    await this.#demandRun(caller, run);
    const now = this.#clock.now();
    if (!(await this.#documents.insert(ASKER, id, askerOf(caller), now + KEPT)) && !(await this.#isAsker(caller, id)))
      throw asksAlready(id);
    const opened = await this.#approvals.open(approval);
    if (opened.id === id) return opened;
    await this.#documents.take(ASKER, id, now);
    if (await this.#isAsker(caller, opened.id)) return opened;
    if (caller.kind === 'daemon' && (await this.#makeRoom(opened))) return this.open(caller, approval);
    throw asksAlready(opened.id);
  }

  /** Whoever has asked; and a daemon takes back what names one of its runs, whoever has put that there. */
  async mayMove(caller: Caller, id: string, to: ApprovalState): Promise<boolean> {
    return (caller.kind === 'daemon' && to === 'void') || this.#isAsker(caller, id);
  }

  /** What no token has asked for, this machine's servers have, in the file: a daemon may share that with them. */
  async #isAsker(caller: Caller, id: string): Promise<boolean> {
    const asker = await this.#documents.get(ASKER, id, this.#clock.now());
    return asker === askerOf(caller) || (asker === undefined && caller.kind === 'daemon');
  }

  /** No agent’s token stands in a daemon’s way: whatever it has asked for, and whoever said yes to that. */
  async #makeRoom(found: Approval): Promise<boolean> {
    if (found.state !== 'pending' && found.state !== 'approved') return false;
    await this.#approvals.swap(found.state, move(found, 'void', { result: 'a daemon asks for exactly this' }));
    return true;
  }

  async #demandRun(caller: Caller, run: string | undefined): Promise<void> {
    const writer = run === undefined ? undefined : await writerOf(this.#documents, run, this.#clock.now());
    if (writer === undefined || writer === caller.kind) return;
    throw new OpsError(
      'forbidden',
      `Run ${run} is of another kind of token.`,
      'Ask for what belongs to a run of its own.',
    );
  }
}

/** For those who have not asked. */
export function notTheAsker(id: string): OpsError {
  return new OpsError(
    'forbidden',
    `Approval ${id} was asked for by another machine, which alone goes on with it.`,
    'Answer it in the dashboard, or in a terminal of that machine.',
  );
}

function asksAlready(id: string): OpsError {
  return new OpsError(
    'conflict',
    `Another machine asks for exactly this already (${id}).`,
    'Wait until somebody has answered it, and look at the target: it may be done then.',
  );
}

function askerOf(caller: Caller): string {
  return caller.kind === 'agent' ? caller.id : DAEMONS;
}
