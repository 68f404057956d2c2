import type { Approval } from '../approvals/approval.ts';
import type { Action } from '../kernel/action.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { RunAutonomy } from '../policy/policy.ts';
import type { Permit, Report } from './permit.ts';

/** What a tool answers. `text` is in our words; `data` comes from outside and is shown as data, never as instructions. */
export interface Answer {
  readonly text: string;
  readonly data?: string;
  /** A picture beside the text, made by us. */
  readonly image?: Image;
}

interface Image {
  readonly mimeType: 'image/png';
  readonly base64: string;
}

/** What a person sees before a change, and what was seen of the target. */
export interface Preview {
  /** `replicas 2 → 5`, `+12 −3 lines` */
  readonly change: string;
  /** What could go wrong, how far it reaches. */
  readonly risk: string;
  /** The whole preview: diff, dependents, warnings of the API server. */
  readonly details: string;
  /** What the preview saw of its targets. When it has moved, an approval is void. */
  readonly seen: unknown;
}

/** A change that has been tried out on the server, and can be made exactly so. */
export interface Planned {
  readonly preview: Preview;
  run(permit: Permit): Promise<Answer>;
  /** What follows a person's no, where something does: it is told after our own words. */
  rejected?(approval: Approval): Promise<string>;
}

/** A call of a tool whose input has been parsed. */
export interface Call {
  readonly server: string;
  readonly tool: string;
  /** The parsed input, as JSON. */
  readonly input: JsonObject;
  /** The input as the caller wrote it: what a proposal is compared with. */
  readonly given?: JsonObject;
  /** The caller's reason, for the person who decides. */
  readonly why: string | undefined;
  /** Resolves what it would do, through API discovery. */
  actions(signal: AbortSignal): Promise<readonly Action[]>;
  readonly effect: ReadEffect | WriteEffect;
}

/** The step of a workflow's run that a call belongs to: found by who calls, never by what the call says. */
export interface RunStep extends RunAutonomy {
  readonly workflow: string;
  readonly step: string;
  /** `SERVER.TOOL`: the tools of the step's named action; undefined means all that the agent has. */
  readonly tools?: readonly string[];
  /** The call is exactly what a person approved for this run, and it is its turn. */
  readonly approved?: ApprovedCall;
}

/** One action of an approved proposal. It is begun once, whoever tries. */
export interface ApprovedCall {
  /** Id of the approval that covers it. */
  readonly approval: string;
  /** The key of the question that had to be answered: a yes to anything else, in the same run too, covers nothing. */
  readonly key: string | undefined;
  /** Since when it is its turn, in milliseconds since the epoch: the yes, or the end of the action before. */
  readonly since: number;
  /** False where it has been begun already. */
  begin(): Promise<boolean>;
  end(status: 'ok' | 'failed' | 'unknown', message: string): Promise<void>;
}

export interface ReadEffect {
  readonly kind: 'read';
  run(signal: AbortSignal): Promise<Answer>;
}

export interface WriteEffect {
  readonly kind: 'write';
  plan(signal: AbortSignal): Promise<Planned>;
}

/** Who calls, and what came back from the person in this round. */
export interface Caller {
  readonly agent?: string;
  readonly session?: string;
  /** The step of a run that the call belongs to, when there is one. */
  readonly run?: RunStep;
  readonly signal: AbortSignal;
  /** Whether the client can show a form to a person. */
  readonly canAsk: boolean;
  /** The person's answer to what this call asked before. */
  readonly reply?: Reply;
  /** Where progress of a long change goes, when the client wants it. */
  readonly report?: Report;
}

export interface Reply {
  readonly approval: string;
  /** When the call came, and when it asked. */
  readonly calledAt: number;
  readonly askedAt: number;
  readonly action: 'accept' | 'decline' | 'cancel';
  readonly decision?: 'approve' | 'reject';
  readonly reason?: string;
}

/** What the gate says of a call: an answer for the model, or a question for the person. */
export type Verdict =
  | { readonly kind: 'answer'; readonly text: string; readonly isError: boolean; readonly image?: Image }
  | {
      readonly kind: 'ask';
      readonly approval: string;
      readonly calledAt: number;
      readonly askedAt: number;
      readonly message: string;
    };
