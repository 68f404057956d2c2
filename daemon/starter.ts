import { workflowIn } from '../shared/config/workflows.ts';
import type { InboxEntry } from '../shared/control-plane/ports.ts';
import { messageOf, OpsError } from '../shared/kernel/errors.ts';
import type { JsonObject } from '../shared/kernel/json.ts';
import type { Catalog } from '../shared/workflow/catalog.ts';
import type { Alert, Cause } from '../shared/workflow/events.ts';
import type { Runs } from '../shared/workflow/runs.ts';
import { isEnded } from '../shared/workflow/state.ts';
import type { Breakers } from './breaker/breakers.ts';
import { stopWhereOpen } from './breaker/stop.ts';
import type { Crew } from './crew/crew.ts';
import { demandLead } from './lead.ts';
import { runIdFor } from './run-id.ts';
import type { Line } from './view.ts';

export interface StarterOptions {
  readonly runs: Runs;
  readonly catalog: () => Promise<Catalog>;
  readonly breakers: Pick<Breakers, 'check'>;
  readonly crew: Pick<Crew, 'take'>;
  /** Whether this daemon leads now: only then it starts anything. */
  readonly leading: { readonly now: boolean };
  readonly tell: (line: Omit<Line, 'at'>) => void;
}

export interface Wanted {
  readonly run: string;
  readonly workflow: string;
  readonly cause: Cause;
  readonly inputs?: JsonObject;
}

/** Starts runs, and hands them to the crew. Called again for the same run, it goes on where it was. */
export class Starter {
  readonly #options: StarterOptions;

  constructor(options: StarterOptions) {
    this.#options = options;
  }

  /** Throws only for what can be tried again. */
  async start({ run, workflow: name, cause, inputs = {} }: Wanted): Promise<void> {
    const { runs, catalog, crew, tell, leading } = this.#options;
    demandLead(leading);
    try {
      const state = await runs.start(workflowIn(await catalog(), name), { run, cause, inputs });
      if (isEnded(state)) return;
      if (state.length === 1) tell({ level: 'info', run, text: `${name} is started: ${textOf(cause)}` });
      // A person who starts something has seen what it did before.
      if (cause.kind !== 'manual') await stopWhereOpen(this.#options, { run, workflow: name });
    } catch (error) {
      if (!isPermanent(error)) throw error;
      tell({ level: 'bad', text: `${name} cannot be started: ${messageOf(error)}` });
      return;
    }
    await crew.take(run);
  }

  /** What a person has started at the dashboard. */
  async startManual(entry: InboxEntry): Promise<string | undefined> {
    if (entry.body.kind !== 'manual') return undefined;
    const { workflow, inputs, by } = entry.body;
    const run = runIdFor('manual', entry.id);
    await this.start({ run, workflow, cause: { kind: 'manual', by }, inputs });
    return run;
  }
}

/** Nothing that time would mend. */
function isPermanent(error: unknown): boolean {
  return error instanceof OpsError && ['invalid_input', 'not_found', 'precondition_failed'].includes(error.code);
}

function textOf({ kind, by, alert }: Cause): string {
  return kind === 'alert' ? `alert ${nameOf(alert)}` : kind === 'schedule' ? 'its schedule' : `by ${by}`;
}

function nameOf(alert: Alert | undefined): string {
  return alert?.labels.alertname ?? 'without a name';
}
