import type { EventOf, RunEvent, Usage } from '../../shared/workflow/events.ts';
import type { RunRow, RunStore } from '../../shared/workflow/run-store.ts';
import { Follower, type Glance } from './follow.ts';
import { Names } from './names.ts';
import { Counter, Histogram } from './text.ts';

/** Seconds: from a look at the cluster to a night of waiting for a person. */
const BOUNDS = [10, 30, 60, 300, 900, 3_600, 14_400, 43_200];

/** Values of a label at the most. */
const WORKFLOWS = 100;
const MODELS = 20;

const OPEN_AT_MOST = 1_000;

const OUTCOMES: ReadonlyMap<RunEvent['type'], string> = new Map([
  ['step-finished', 'finished'],
  ['step-failed', 'failed'],
  ['skipped', 'skipped'],
]);

/** What runs did, by their events. Whoever appends them, they are counted once. */
export class RunMetrics {
  readonly #started = new Counter('k8s_agent_runs_started_total', 'Runs that were started.');
  readonly #durations = new Histogram('k8s_agent_run_duration_seconds', 'Runs, from start to end.', BOUNDS);
  readonly #steps = new Counter('k8s_agent_steps_total', 'Attempts at steps that ended, and steps left out.');
  readonly #tokens = new Counter('k8s_agent_tokens_total', 'Tokens that agents took.');
  readonly #cost = new Counter('k8s_agent_cost_usd_total', 'What that cost, in US dollars.');
  readonly #turns = new Counter('k8s_agent_turns_total', 'Turns of agents.');
  readonly #verifications = new Counter('k8s_agent_verifications_total', 'Looks whether a change has helped.');
  readonly #workflows = new Names(WORKFLOWS);
  readonly #models = new Names(MODELS);
  readonly #from: number;
  readonly #follower: Follower<number>;

  /** Counts what has happened since `from`, in milliseconds since the epoch. */
  constructor(runs: RunStore, from: number) {
    this.#from = from;
    this.#follower = new Follower(from, {
      newest: async (limit) => (await runs.list({ limit })).map(glance),
      open: async () => (await runs.list({ statuses: ['waiting', 'running'], limit: OPEN_AT_MOST })).map(glance),
      visit: async (run, counted) => {
        const events = await runs.read(run);
        this.#countNew(events, counted);
        // What is not there has been forgotten.
        return { counted: events.length, isOver: events.length === 0 || events.some(({ type }) => type === 'ended') };
      },
    });
  }

  /** What is published counts before what anybody may have sent. */
  nameWorkflows(names: readonly string[]): void {
    for (const name of names) this.#workflows.of(name);
  }

  async text(): Promise<string> {
    await this.#follower.look();
    const all = [this.#started, this.#durations, this.#steps, this.#tokens, this.#cost, this.#turns];
    return [...all, this.#verifications].map((metric) => metric.text()).join('');
  }

  /** `counted`: how many of its events; where it was not visited before, all since `from` are new. */
  #countNew(events: readonly RunEvent[], counted: number | undefined): void {
    const [created] = events;
    if (created?.type !== 'created') return;
    const isNew = (event: RunEvent, seq: number) => (counted === undefined ? event.at >= this.#from : seq >= counted);
    for (const event of events.filter(isNew)) this.#count(created, event);
  }

  #count(created: EventOf<'created'>, event: RunEvent): void {
    const workflow = this.#workflows.of(created.workflow);
    if ('usage' in event) this.#took(workflow, event.usage);
    const outcome = OUTCOMES.get(event.type);
    if (outcome !== undefined) this.#steps.add({ workflow, outcome });
    if (event.type === 'created') this.#started.add({ workflow, cause: event.cause.kind });
    if (event.type === 'verified') this.#verifications.add({ workflow, result: event.result });
    if (event.type === 'ended')
      this.#durations.observe({ workflow, status: event.status }, (event.at - created.at) / 1_000);
  }

  #took(workflow: string, usage: Usage | undefined): void {
    if (usage === undefined) return;
    const by = { workflow, model: this.#models.of(usage.model) };
    this.#tokens.add({ ...by, kind: 'input' }, usage.inputTokens);
    this.#tokens.add({ ...by, kind: 'output' }, usage.outputTokens);
    this.#tokens.add({ ...by, kind: 'cache_read' }, usage.cacheReadTokens);
    this.#tokens.add({ ...by, kind: 'cache_write' }, usage.cacheWriteTokens);
    this.#cost.add(by, usage.costUsd);
    this.#turns.add(by, usage.turns);
  }
}

function glance({ run, status, createdAt, updatedAt }: RunRow): Glance {
  return { id: run, version: `${updatedAt} ${status}`, createdAt, changedAt: updatedAt };
}
