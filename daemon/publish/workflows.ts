import { summariesOf } from '../../shared/config/workflow-list.ts';
import type { Board } from '../../shared/control-plane/ports.ts';
import type { WorkflowList } from '../../shared/control-plane/status.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { digest } from '../../shared/kernel/digest.ts';
import type { Catalog } from '../../shared/workflow/catalog.ts';
import { nextRunAt } from '../schedule/plan.ts';

/** Milliseconds between looks at what the dashboard has: another version of ours may know nothing of who leads. */
const LOOK = 60_000;

export interface WorkflowsOptions {
  readonly board: Pick<Board, 'workflows' | 'publishWorkflows'>;
  readonly catalog: () => Promise<Pick<Catalog, 'workflows'>>;
  /** Names this machine. */
  readonly by: string;
  readonly clock: Clock;
}

/** The list of workflows at the dashboard, with when each runs next. */
export class WorkflowsPublisher {
  readonly #options: WorkflowsOptions;
  #published: string | undefined;
  #lookedAt = 0;

  constructor(options: WorkflowsOptions) {
    this.#options = options;
  }

  /** Publishes it where it has changed, or where somebody has put another in its place. */
  async round(): Promise<void> {
    const { board, catalog, by, clock } = this.#options;
    const now = clock.now();
    const list: WorkflowList = {
      ...{ at: now, by },
      workflows: [...summariesOf(await catalog(), (workflow) => nextRunAt(workflow, now))],
    };
    const ours = contentOf(list);
    if (Math.abs(now - this.#lookedAt) >= LOOK) {
      this.#published = contentOf(await board.workflows());
      this.#lookedAt = now;
    }
    if (ours === this.#published) return;
    await board.publishWorkflows(list);
    this.#published = ours;
  }
}

/** When it was published does not matter. */
function contentOf(list: WorkflowList | undefined): string {
  return digest(list === undefined ? null : { by: list.by, workflows: list.workflows });
}
