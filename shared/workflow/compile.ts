import { digest } from '../kernel/digest.ts';
import { FREE_ANSWER } from './answers.ts';
import { ORCHESTRATOR } from './check-head.ts';
import type { Known, Step, Workflow } from './definition.ts';
import { milliseconds } from './duration.ts';
import { flatten, type Placed } from './flatten.ts';
import { type Model, modelSchema } from './models.ts';
import { answerOf, REPORT, TASK_INPUT } from './names.ts';
import type { StepFile, WorkflowFile } from './schema.ts';
import { triggersOf } from './triggers.ts';

/** Where the file says nothing. A run that never ended would keep its lock for ever. */
const STEP_TIMEOUT = '15m';
const RUN_TIMEOUT = '2h';
const DEFAULT_OUTPUTS = ['summary', 'actions-taken'];

/** What a file is made of besides its data. */
export interface Origin {
  readonly file: string;
  readonly text: string;
  readonly title?: string;
  /** The body of a Markdown workflow: what its agent is asked. */
  readonly prompt?: string;
  readonly agent?: string;
}

/** A checked file as the engine runs it. */
export function compile(file: WorkflowFile, known: Known, origin: Origin): Workflow {
  const placed = flatten(file.steps ?? []);
  const steps = file.steps === undefined ? [soleStep(origin)] : placed.map((step) => stepOf(step, known));
  const actions = steps.flatMap((step) => (step.kind === 'work' && 'action' in step.ask ? [step.ask.action.text] : []));
  const { name, description, model, outputs, concurrency } = file;
  return {
    name,
    ...(origin.title && { title: origin.title }),
    ...(description && { description }),
    file: origin.file,
    hash: digest([origin.text, ...new Set(actions)]),
    ...(model && { model }),
    triggers: triggersOf(file.trigger),
    autonomy: { auto_approve: file.autonomy?.auto_approve ?? [], always_confirm: file.autonomy?.always_confirm ?? [] },
    ...(concurrency && { concurrency: { key: concurrency.key ?? name, onConflict: concurrency.on_conflict } }),
    timeoutMs: milliseconds(file.timeout ?? RUN_TIMEOUT),
    inputs: file.steps === undefined ? { ...file.inputs, [TASK_INPUT]: taskInput(origin) } : (file.inputs ?? {}),
    steps,
    ...(outputs && { outputs }),
    agentModels: Object.fromEntries([...known.agents].map(([agent, facts]) => [agent, modelOf(facts.model)])),
  };
}

function modelOf(model: string): Model {
  return modelSchema.safeParse(model).data ?? 'sonnet';
}

function taskInput({ prompt }: Origin) {
  const description = prompt === undefined ? 'what to do: the workflow has no steps of its own' : 'what to do it with';
  return { description, type: 'string' as const, required: prompt === undefined };
}

/** A workflow without steps is its agent's prompt (Markdown), or what a person asks for under its tiers of autonomy. */
function soleStep({ prompt, agent }: Origin): Step {
  const raw =
    prompt === undefined
      ? `{{ inputs.${TASK_INPUT} }}`
      : `{% raw %}${prompt.replaceAll('{% endraw %}', '')}{% endraw %}`;
  return {
    kind: 'work',
    id: 'task',
    agent: agent ?? ORCHESTRATOR,
    ask: { task: raw },
    confirm: false,
    retry: { attempts: 1, backoffMs: 0 },
    timeoutMs: milliseconds('1h'),
    answer: FREE_ANSWER,
  };
}

function stepOf(placed: Placed, known: Known): Step {
  const { id, guard, body } = placed;
  const { condition } = body;
  const base = { id, ...(guard && { guard }), ...(condition && { condition }) };
  if (body.branches !== undefined) return { ...base, kind: 'choose', condition: condition ?? '' };
  if (body.action === REPORT) return { ...base, kind: 'report', outputs: body.outputs ?? DEFAULT_OUTPUTS };
  return { ...base, ...workOf(placed, body, known) };
}

function workOf(placed: Placed, body: StepFile, known: Known) {
  const action = known.actions.get(body.action ?? '');
  const { model, retry, timeout, confirm_if } = body;
  const complexity = body.complexity ?? action?.complexity;
  return {
    kind: 'work' as const,
    agent: body.agent ?? action?.agent ?? ORCHESTRATOR,
    ...(model && { model }),
    ...(complexity && { complexity }),
    ask: action === undefined ? { task: body.task ?? '' } : { action, inputs: body.inputs ?? {} },
    confirm: body.confirm ?? false,
    ...(confirm_if && { confirmIf: confirm_if }),
    retry: { attempts: retry?.attempts ?? 1, backoffMs: milliseconds(retry?.backoff ?? '10s') },
    timeoutMs: milliseconds(timeout ?? STEP_TIMEOUT),
    answer: answerOf(placed, known) ?? FREE_ANSWER,
  };
}
