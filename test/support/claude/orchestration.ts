import { type Reply, say, use } from './script.ts';
import type { ScriptedModel } from './scripted-model.ts';

type Step = Reply | (() => Reply);

/** A step of a run as the test's orchestrator does it: to whom it goes, the script of that agent, and its answer. */
export interface RunStep {
  readonly step: string;
  readonly agent: string;
  readonly does: readonly Step[];
  readonly answer: () => object;
}

/** Scripts of an orchestrator that does what the instructions say, word for word, and of the agents that it asks. */
export function orchestration(
  model: () => ScriptedModel,
  options: { readonly first: readonly Step[]; readonly start: Reply; readonly steps: readonly (RunStep | Approved)[] },
): Record<string, readonly Step[]> {
  const { first, start, steps } = options;
  const said = () =>
    model()
      .results('main')
      .map(({ text }) => text);
  const run = () => /run-\w+/.exec(said().find((text) => text.startsWith('Run run-')) ?? '')?.[0];
  const prompt = () =>
    said()
      .findLast((text) => text.includes(LINE))
      ?.split(LINE)[1] ?? 'No instruction was given.';
  const main = steps.flatMap((wanted): Step[] => {
    if ('approved' in wanted) {
      const { approved, agent } = wanted;
      return [
        () => hand(agent, approved, 'Call it exactly so.'),
        say('Waiting.'),
        () => use('mcp__workflows__report_step', { run: run() }),
      ];
    }
    const { step, agent, answer } = wanted;
    const report = () => use('mcp__workflows__report_step', { run: run(), step, answer: answer() });
    return agent === 'k8s-orchestrator' ? [report] : [() => hand(agent, step, prompt()), say('Waiting.'), report];
  });
  const agents = steps.map((wanted): [string, Step[]] =>
    'approved' in wanted
      ? [wanted.approved, [...wanted.does, say('Done.')]]
      : [wanted.step, [...wanted.does, () => say(JSON.stringify(wanted.answer()))]],
  );
  return { main: [...first, start, ...main, say(OVER)], ...Object.fromEntries(agents) };
}

/** A call that a person has approved for the run. */
export interface Approved {
  readonly approved: string;
  readonly agent: string;
  readonly does: readonly Step[];
}

/** The last words of the orchestrator. */
export const OVER = 'The run is over.';

const LINE = '\n----------\n';

function hand(agent: string, script: string, prompt: string): Reply {
  return use('Agent', { description: 'A step', prompt: `[[script:${script}]]\n${prompt}`, subagent_type: agent });
}
