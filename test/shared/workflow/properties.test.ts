import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../shared/kernel/json.ts';
import type { Command } from '../../../shared/workflow/command.ts';
import type { Workflow } from '../../../shared/workflow/definition.ts';
import { next } from '../../../shared/workflow/engine.ts';
import type { RunEvent } from '../../../shared/workflow/events.ts';
import { loadWorkflow } from '../../../shared/workflow/load.ts';
import { failedEvent, finishedEvent } from '../../../shared/workflow/outcomes.ts';
import { invalidFile } from '../../../shared/workflow/problem.ts';
import { isEnded, type RunState, reduce, replay } from '../../../shared/workflow/state.ts';
import { KNOWN } from '../../support/workflows.ts';

/** How the world behaves in one history: read bit by bit, so that a replay meets the same one. */
type World = readonly number[];

const step = fc.record(
  {
    agent: fc.constant('k8s-diagnostician'),
    task: fc.constantFrom('Look.', 'Look at {{ run.id }}.', '{{ inputs.missing-label }}'),
    confirm_if: fc.constantFrom('actions_proposed'),
    retry: fc.constant({ attempts: 3, backoff: '10s' }),
    condition: fc.constantFrom('{{ inputs.yes }}', '{{ inputs.no }}', '{{ inputs.text }}'),
    timeout: fc.constantFrom('5s', '1h'),
  },
  { requiredKeys: ['agent', 'task'] },
);
const choosing = fc.record({
  condition: fc.constantFrom('{{ inputs.yes }}', '{{ inputs.no }}'),
  branches: fc.record({ true: fc.array(step, { minLength: 1, maxLength: 2 }), false: step }),
});
const report = fc.constant({ action: 'report', outputs: ['summary', 'actions-taken'] });
const definition = fc
  .record({
    steps: fc.array(
      fc.oneof({ weight: 4, arbitrary: step }, { weight: 1, arbitrary: choosing }, { weight: 1, arbitrary: report }),
      { minLength: 1, maxLength: 6 },
    ),
    timeout: fc.constantFrom('1m', '2h'),
  })
  .map((body) => load({ name: 'random', inputs: INPUTS, ...body }));
const world = fc.array(fc.nat(11), { minLength: 1, maxLength: 40 });

const INPUTS = {
  yes: { type: 'boolean', default: true },
  no: { type: 'boolean', default: false },
  text: { default: 'neither' },
  'missing-label': { default: 'x' },
};

function load(body: object): Workflow {
  const { workflow, problems } = loadWorkflow(JSON.stringify(body), 'random.yaml', KNOWN);
  if (workflow === undefined) throw invalidFile(problems);
  return workflow;
}

/** A driver that answers every command by the world, and notes what it did to it. */
class Driver {
  readonly events: RunEvent[] = [];
  /** Every effect on the world, by its identity. */
  readonly effects: string[] = [];
  readonly #workflow: Workflow;
  readonly #world: World;
  now = 1_000_000;

  constructor(workflow: Workflow, bits: World) {
    this.#workflow = workflow;
    this.#world = bits;
    const inputs = { yes: true, no: false, text: 'neither', 'missing-label': 'x' };
    this.#store({
      ...{ type: 'created', at: this.now, run: 'run-1', workflow: workflow.name, hash: workflow.hash, inputs },
      ...{
        cause: { kind: 'manual', by: 'anna' },
        deadline: this.now + workflow.timeoutMs,
        steps: workflow.steps.map(({ id }) => id),
      },
    });
  }

  get state(): RunState {
    const state = replay(this.events);
    if (state === undefined) throw new Error('no run');
    return state;
  }

  /** Goes on until the run has ended. `crash` is asked after every event that was stored. */
  live(crash: (events: number) => boolean = () => false): void {
    for (let round = 0; round < 500; round += 1) {
      const command = next(this.#workflow, this.state, this.now);
      if (command.kind === 'none') return;
      this.#do(command, crash);
    }
    throw new Error('the run never ends');
  }

  #do(command: Command, crash: (events: number) => boolean) {
    const at = this.now;
    switch (command.kind) {
      case 'record':
        return this.#store(command.event);
      case 'admit':
        return this.#store({ type: 'admitted', at });
      case 'run-step': {
        const { step: id, attempt, timeoutMs } = command.request;
        this.#store({ type: 'step-started', at, step: id, attempt, deadline: at + timeoutMs });
        if (crash(this.events.length)) return;
        this.effects.push(`ask ${id} ${attempt}`);
        return this.#outcome(id);
      }
      // After a crash nobody is there any more: whoever finds it begun does not know what it did.
      case 'await-step':
      case 'abort-step':
        return this.#store(
          failedEvent(this.#workflow, this.state, command.step, { reason: 'lost', changed: 'unknown' }, at),
        );
      case 'ask-person': {
        const decision = (['approved', 'approved', 'rejected', 'expired'] as const)[this.#bit() % 4] ?? 'approved';
        return this.#store({
          type: 'proposal-settled',
          at,
          step: command.step,
          digest: command.proposal.digest,
          decision,
          by: 'anna',
        });
      }
      case 'execute':
        this.#store({ type: 'action-started', at, step: command.step, index: command.index });
        if (crash(this.events.length)) return;
        this.effects.push(`run ${command.step} ${command.index} ${command.action.digest}`);
        return this.#store({
          type: 'action-finished',
          at,
          step: command.step,
          index: command.index,
          status: this.#bit() < 9 ? 'ok' : 'failed',
          message: '',
        });
      case 'await-action':
        return this.#store({
          type: 'action-finished',
          at,
          step: command.step,
          index: command.index,
          status: 'unknown',
          message: 'lost',
        });
      case 'ask-outcome':
        return this.#store({
          type: 'person-decided',
          at,
          step: command.step,
          by: 'anna',
          outcome: this.#bit() % 2 === 0 ? 'succeeded' : 'failed',
          note: 'looked',
        });
      case 'wait':
        this.now = command.until;
        return;
      default:
        return;
    }
  }

  #outcome(id: string) {
    const bit = this.#bit();
    this.now += bit * 1_000;
    if (bit < 7) return this.#store(finishedEvent(this.#workflow, this.state, id, answer(bit), this.now));
    const changed = (['nothing', 'nothing', 'something', 'unknown'] as const)[bit % 4] ?? 'unknown';
    this.#store(failedEvent(this.#workflow, this.state, id, { reason: 'broke', changed }, this.now));
  }

  #bit(): number {
    return this.#world[this.events.length % this.#world.length] ?? 0;
  }

  #store(event: RunEvent): void {
    reduce(replay(this.events), event);
    this.events.push(event);
  }
}

function answer(bit: number): JsonObject {
  const actions = Array.from({ length: bit % 3 }, (_, index) => ({
    server: 'kubectl',
    tool: 'scale',
    input: { replicas: index },
    why: 'load',
  }));
  return { summary: `bit ${bit}`, actions };
}

const runs = { numRuns: 300 };

describe('any workflow, in any world', () => {
  it('ends, and a replay of its events gives the same state and the same commands as it had live', () => {
    fc.assert(
      fc.property(definition, world, (workflow, bits) => {
        const driver = new Driver(workflow, bits);
        driver.live();
        expect(isEnded(driver.state)).toBe(true);
        let live: RunState | undefined;
        for (const [index, event] of driver.events.entries()) {
          live = reduce(live, event);
          const stored: RunEvent[] = JSON.parse(JSON.stringify(driver.events.slice(0, index + 1)));
          const replayed = replay(stored);
          expect(replayed).toEqual(live);
          if (replayed !== undefined)
            expect(next(workflow, replayed, event.at)).toEqual(next(workflow, live, event.at));
        }
      }),
      runs,
    );
  });

  it('does no step and no action twice, wherever it crashes, and resumes at every event', () => {
    fc.assert(
      fc.property(definition, world, fc.nat(60), (workflow, bits, when) => {
        const driver = new Driver(workflow, bits);
        driver.live((events) => events === when);
        expect(isEnded(driver.state)).toBe(true);
        expect(new Set(driver.effects).size).toBe(driver.effects.length);
        for (const { id } of workflow.steps) {
          const asked = driver.effects.filter((effect) => effect.startsWith(`ask ${id} `)).length;
          const harmless = driver.events.filter(
            (event) => event.type === 'step-failed' && event.step === id && event.changed === 'nothing',
          ).length;
          expect(asked).toBeLessThanOrEqual(harmless + 1);
        }
      }),
      runs,
    );
  });

  it('runs only actions that were proposed and approved, each under its digest', () => {
    fc.assert(
      fc.property(definition, world, (workflow, bits) => {
        const driver = new Driver(workflow, bits);
        driver.live();
        const approved = driver.events.flatMap((event) =>
          event.type === 'proposal-settled' && event.decision === 'approved' ? [event.digest] : [],
        );
        const covered = driver.events.flatMap((event) =>
          event.type === 'step-finished' && event.proposal !== undefined && approved.includes(event.proposal.digest)
            ? event.proposal.actions.map(({ digest }, index) => `run ${event.step} ${index} ${digest}`)
            : [],
        );
        expect(driver.effects.filter((effect) => effect.startsWith('run '))).toEqual(
          covered.filter((effect) => driver.effects.includes(effect)),
        );
      }),
      runs,
    );
  });

  it('takes no event out of order: a stored event can never be stored again', () => {
    fc.assert(
      fc.property(definition, world, (workflow, bits) => {
        const driver = new Driver(workflow, bits);
        driver.live();
        for (const event of driver.events) expect(() => reduce(driver.state, event)).toThrow('does not fit');
        for (const [index, event] of driver.events.entries()) {
          const until = replay(driver.events.slice(0, index + 1));
          const harmless = event.type === 'cancel-requested';
          if (!harmless) expect(() => reduce(until, event)).toThrow('does not fit');
        }
      }),
      { numRuns: 100 },
    );
  });
});
