import type { Approval } from '../approvals/approval.ts';
import type { AuditEntry, LoggedAction, OutcomeStatus } from '../audit/record.ts';
import { redact } from '../audit/redact.ts';
import { type Action, aboutSecret } from '../kernel/action.ts';
import type { Decision } from '../policy/decide.ts';
import type { Call, Caller, RunStep } from './call.ts';
import type { Grant } from './permit.ts';
import type { GatePorts } from './ports.ts';
import { wellFormed } from './well-formed.ts';

/** Gathers what is known of one call, and writes its audit records. */
export class Journal {
  readonly id: string;
  readonly #ports: GatePorts;
  readonly #call: Call;
  readonly #caller: Caller;
  /** When the call came. */
  readonly began: number;
  #actions: readonly Action[] = [];
  #decision: Decision | undefined;
  #approval: Approval | undefined;
  #run: RunStep | undefined;

  constructor(ports: GatePorts, call: Call, caller: Caller, id: string) {
    this.#ports = ports;
    this.#call = call;
    this.#caller = caller;
    this.began = ports.clock.now();
    this.id = id;
  }

  get log(): GatePorts['log'] {
    return this.#ports.log;
  }

  decided(actions: readonly Action[], decision: Decision): void {
    this.#actions = actions;
    this.#decision = decision;
  }

  approvedBy(approval: Approval): void {
    this.#approval = approval;
  }

  partOf(run: RunStep): void {
    this.#run = run;
  }

  /** What a permit for this call says. */
  grant(): Grant {
    const { agent, session } = this.#caller;
    const { id, settled } = this.#approval ?? {};
    return {
      call: this.id,
      ...(agent && { agent }),
      ...(session && { session }),
      ...(id !== undefined && settled !== undefined && { approval: { id, by: settled.by } }),
    };
  }

  async intent(): Promise<void> {
    await this.#append(await this.#entry('intent'));
  }

  async outcome(status: OutcomeStatus, message: string): Promise<void> {
    const durationMs = this.#ports.clock.now() - this.began;
    await this.#append({ ...(await this.#entry('outcome')), outcome: { status, message, durationMs } });
  }

  async #append(entry: AuditEntry): Promise<void> {
    await this.#ports.audit.append(wellFormed(entry));
  }

  async #entry(phase: AuditEntry['phase']): Promise<AuditEntry> {
    const { agent, session } = this.#caller;
    const { value, masked } = await redact(this.#call.input, aboutSecret(this.#actions));
    return {
      phase,
      call: this.id,
      ...(agent && { agent }),
      ...(session && { session }),
      server: this.#call.server,
      tool: this.#call.tool,
      action: this.#actions.map(logged),
      inputs: value,
      masked,
      ...(this.#decision && { tier: this.#decision.tier, rule: this.#decision.rule }),
      approval: this.#approvalEntry(),
      ...(this.#run && { workflow: this.#run.workflow, run: this.#run.id, step: this.#run.step }),
    };
  }

  #approvalEntry(): AuditEntry['approval'] {
    const approval = this.#approval;
    if (approval !== undefined) {
      const { by, via } = approval.settled ?? {};
      const type = approval.settled !== undefined && approval.state !== 'rejected' ? 'user-confirmed' : 'none';
      return { type, id: approval.id, ...(by && { by }), ...(via && { via }) };
    }
    if (this.#decision?.kind !== 'allow') return { type: 'none' };
    return { type: this.#decision.by === 'workflow' ? 'workflow' : 'auto' };
  }
}

function logged({ verb, kind, namespace, name }: Action): LoggedAction {
  return { verb, ...(kind && { kind: kind.kind }), ...(namespace && { namespace }), ...(name && { name }) };
}
