import type { JsonObject } from '../kernel/json.ts';
import type { Complexity, Model } from './models.ts';
import type { AnswerSchema, Inputs } from './schema.ts';

/** A tool of one of our servers, as in `shared/policy/tools.gen.json`. */
export interface KnownTool {
  readonly server: string;
  readonly tool: string;
  readonly verb: string;
  readonly effect: string;
}

/** What a workflow may name besides its own steps and inputs. */
export interface Known {
  /** From `agents` in settings.json. */
  readonly agents: ReadonlyMap<string, { readonly model: string }>;
  readonly actions: ReadonlyMap<string, NamedAction>;
  readonly tools: readonly KnownTool[];
}

/** A file of `workflows/actions/`. */
export interface NamedAction {
  readonly name: string;
  readonly description: string;
  readonly agent?: string;
  readonly complexity: Complexity;
  readonly inputs: Inputs;
  /** `SERVER.TOOL` */
  readonly tools: readonly string[];
  /** Only `report` has none: the engine does it. */
  readonly prompt?: string;
  readonly output: AnswerSchema;
  /** Whether one of its tools changes something. */
  readonly changes: boolean;
  /** The file's text, for the hash of the workflows that use it. */
  readonly text: string;
}

export type Trigger =
  | { readonly kind: 'manual' }
  | { readonly kind: 'schedule'; readonly cron: string; readonly timezone: string }
  | { readonly kind: 'alert'; readonly match: Labels; readonly matchRe: Labels };
export type Labels = Readonly<Record<string, string>>;

/** Names (collected from the answers), or templates by name. */
export type Outputs = readonly string[] | Readonly<Record<string, string>>;

interface StepBase {
  /** Its name, or a made one: `step-2`, `decide-action-true`. */
  readonly id: string;
  /** It belongs to a branch, and only runs where that one was chosen. */
  readonly guard?: { readonly step: string; readonly is: boolean };
  readonly condition?: string;
}

/** An agent does it. */
export interface WorkStep extends StepBase {
  readonly kind: 'work';
  readonly agent: string;
  readonly model?: string;
  readonly complexity?: Complexity;
  /** A task, or the prompt of a named action over its own inputs. */
  readonly ask: { readonly task: string } | { readonly action: NamedAction; readonly inputs: JsonObject };
  readonly confirm: boolean;
  /** `actions_proposed`, or an expression. */
  readonly confirmIf?: string;
  readonly retry: { readonly attempts: number; readonly backoffMs: number };
  readonly timeoutMs: number;
  readonly answer: AnswerSchema;
}

/** The condition says which branch runs. */
interface ChooseStep extends StepBase {
  readonly kind: 'choose';
  readonly condition: string;
}

/** The engine writes the outputs. It runs after a failure, too. */
interface ReportStep extends StepBase {
  readonly kind: 'report';
  readonly outputs: Outputs;
}

export type Step = WorkStep | ChooseStep | ReportStep;

/** A workflow that can run: everything in it has been checked. */
export interface Workflow {
  readonly name: string;
  /** The first heading of a Markdown workflow. */
  readonly title?: string;
  readonly description?: string;
  readonly file: string;
  /** SHA-256 of the file and of the named actions that it uses. */
  readonly hash: string;
  readonly model?: string;
  readonly triggers: readonly Trigger[];
  /** As written; `parseRunAutonomy` makes rules of it. */
  readonly autonomy: { readonly auto_approve: readonly string[]; readonly always_confirm: readonly string[] };
  readonly concurrency?: { readonly key: string; readonly onConflict: 'skip' | 'queue' };
  readonly timeoutMs: number;
  readonly inputs: Inputs;
  /** In order; the steps of a branch follow the step that chooses. */
  readonly steps: readonly Step[];
  readonly outputs?: Outputs;
  /** The model of each agent where nothing else says one. */
  readonly agentModels: Readonly<Record<string, Model>>;
}
