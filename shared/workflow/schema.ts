import { z } from 'zod';
import type { Json } from '../kernel/json.ts';
import { duration } from './duration.ts';
import { COMPLEXITIES } from './models.ts';

/** An object whose unknown keys are answered with the known ones; `load.ts` makes one problem of each. */
function strict<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? Object.keys(shape).join(', ') : undefined),
  });
}

const NONE = 'the list is empty';
const NAME = 'a name has lower-case letters, digits, hyphens and underscores, and begins with a letter';
const nameSchema = z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, NAME);
const text = z.string().regex(/\S/, 'it is empty');
const template = text.describe('A text with {{ expressions }} over inputs, steps, alert and run.');
const json: z.ZodType<Json> = z.json();
const labels = z.record(z.string(), z.string());

/** A JSON Schema of an answer. It describes an object, since the engine adds to it. */
const answerSchema = z
  .object({ type: z.literal('object', 'the schema of an answer has type: object') })
  .catchall(json)
  .describe('JSON Schema of the answer.');

export type AnswerSchema = z.output<typeof answerSchema>;

const inputsSchema = z.record(
  nameSchema,
  strict({
    description: text.optional(),
    type: z.enum(['string', 'number', 'boolean', 'list', 'object']).default('string'),
    required: z.boolean().default(false),
    default: json.optional(),
  }),
);
export type Inputs = z.output<typeof inputsSchema>;

const model = text.describe(
  'haiku, sonnet, opus, dynamic (by the complexity of the task), or an {{ expression }} that gives one.',
);

const schedule = z.union([
  text.describe('A cron expression of five fields.'),
  strict({ cron: text, timezone: text.optional() }),
]);
const matching = {
  match: labels.optional().describe('Labels that the alert has, each with exactly this value.'),
  match_re: labels.optional().describe('Labels whose whole value matches a regular expression (RE2).'),
};
const trigger = strict({
  type: z.enum(['manual', 'schedule', 'alert']).optional(),
  manual: z.boolean().optional(),
  schedule: schedule.optional(),
  timezone: text.optional().describe('IANA name; UTC where it is left out.'),
  alert: strict(matching).optional(),
  ...matching,
});
export type TriggerFile = z.output<typeof trigger>;

const outputs = z.union([
  z.array(text).describe('Names: summary, actions-taken, or a field of some step’s answer.'),
  z.record(nameSchema, template),
]);

const stepShape = {
  name: nameSchema.optional().describe('Later steps refer to it; step-1, step-2, … where it is left out.'),
  agent: text.optional().describe('Who does it.'),
  model: model.optional(),
  complexity: z.enum(COMPLEXITIES).optional().describe('Of the task, for model: dynamic.'),
  task: template.optional().describe('What the agent is asked.'),
  action: text.optional().describe('A named action: workflows/actions/NAME.yaml, or report.'),
  inputs: z.record(z.string(), json).optional().describe('For the action.'),
  condition: template.optional().describe('The step runs where this is true; with branches, it says which one.'),
  confirm: z.boolean().optional().describe('true: a person confirms every change of this step. false lowers nothing.'),
  confirm_if: text
    .optional()
    .describe(
      'actions_proposed: the answer lists exact actions, which run after one approval. Or an {{ expression }}: as confirm: true where it holds.',
    ),
  retry: strict({
    attempts: z.int().min(2).max(5).describe('At most, the first one included.'),
    backoff: duration.default('10s'),
  })
    .optional()
    .describe('Only after an attempt that changed nothing.'),
  timeout: duration.optional(),
  output: answerSchema.optional(),
  outputs: outputs.optional().describe('Of action: report.'),
};
const plainStep = strict(stepShape);
const branch = z.union([plainStep, z.array(plainStep).min(1, NONE)]);
const step = strict({
  ...stepShape,
  branches: strict({ true: branch.optional(), false: branch.optional() }).optional(),
});
export type StepFile = z.output<typeof step>;

const rules = z.array(text).optional();

/** What a workflow file says, whatever it is written in. */
const head = {
  name: nameSchema,
  description: text.optional(),
  model: model.optional(),
  trigger: z.union([z.array(trigger).min(1, NONE), trigger]).optional(),
  inputs: inputsSchema.optional(),
  autonomy: strict({ auto_approve: rules, always_confirm: rules }).optional(),
  concurrency: strict({ key: template.optional(), on_conflict: z.enum(['skip', 'queue']).default('skip') }).optional(),
  timeout: duration.optional(),
};

export const workflowSchema = strict({
  ...head,
  steps: z.array(step).min(1, NONE).optional(),
  outputs: outputs.optional(),
});
export type WorkflowFile = z.output<typeof workflowSchema>;

/** The frontmatter of a Markdown workflow. */
export const frontmatterSchema = strict({ ...head, name: nameSchema.optional(), agent: text.optional() });

/** `workflows/actions/NAME.yaml` */
export const actionSchema = strict({
  name: nameSchema,
  description: text,
  agent: text.optional().describe('Who does it, where the step does not say.'),
  complexity: z.enum(COMPLEXITIES).default('standard').describe('Gives the model where nothing else does.'),
  inputs: inputsSchema.default({}),
  tools: z.array(text).describe('The tools it may use: SERVER.TOOL.'),
  prompt: text
    .optional()
    .describe(
      'What the agent is asked: a template over inputs. Left out only by report, which the engine does itself.',
    ),
  output: answerSchema,
});

/** What editors check a file with (`# yaml-language-server: $schema=…`). */
export function editorSchema(schema: z.ZodType): string {
  return `${JSON.stringify(z.toJSONSchema(schema, { io: 'input' }), null, 2)}\n`;
}
