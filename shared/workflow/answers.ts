import { z } from 'zod';
import { at, isObject, type Json, type JsonObject } from '../kernel/json.ts';
import type { KnownTool, WorkStep } from './definition.ts';
import { nearest } from './problem.ts';
import type { AnswerSchema } from './schema.ts';

/** Characters of an answer at most, as JSON. */
const MAX_ANSWER = 64_000;

/** What a task answers where its step has no `output`. */
export const FREE_ANSWER: AnswerSchema = {
  type: 'object',
  properties: {
    summary: { type: 'string', description: 'One to three sentences: what was found or done, with names and numbers.' },
    findings: { type: 'array', items: { type: 'string' }, description: 'One fact each, with its evidence.' },
    'actions-taken': {
      type: 'array',
      items: { type: 'string' },
      description: 'Every change that was made; empty when none was.',
    },
  },
  required: ['summary'],
  additionalProperties: true,
};

const PROPOSED = {
  type: 'array',
  description: 'Exact tool calls that you propose, not made yet. Empty when nothing needs to change.',
  items: {
    type: 'object',
    properties: {
      server: { type: 'string' },
      tool: { type: 'string' },
      input: { type: 'object', additionalProperties: true, description: 'The arguments of the tool, complete.' },
      why: { type: 'string', description: 'The evidence, for the person who decides.' },
    },
    required: ['server', 'tool', 'input', 'why'],
    additionalProperties: false,
  },
};

/** The schema of a step whose answer proposes actions (`confirm_if: actions_proposed`). */
export function withProposals(schema: AnswerSchema): AnswerSchema {
  const properties = at(schema, 'properties');
  const required = at(schema, 'required');
  return {
    ...schema,
    properties: { ...(isJsonObject(properties) ? properties : {}), actions: PROPOSED },
    required: [...(Array.isArray(required) ? required.map(String) : []), 'actions'],
  };
}

/** Names that an answer is known to have; undefined where it may have any. */
export function fieldsOf(schema: AnswerSchema): readonly string[] | undefined {
  const properties = at(schema, 'properties');
  return isObject(properties) && at(schema, 'additionalProperties') !== true ? Object.keys(properties) : undefined;
}

/** Names that are null where an answer leaves them out. */
function declaredFields(schema: AnswerSchema): readonly string[] {
  const properties = at(schema, 'properties');
  return isObject(properties) ? Object.keys(properties) : [];
}

/** Why a schema cannot be used, or undefined. */
export function schemaProblem(schema: AnswerSchema): string | undefined {
  try {
    z.fromJSONSchema(schema);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export type Checked =
  | { readonly ok: true; readonly answer: JsonObject }
  | { readonly ok: false; readonly missing: readonly string[] };

/** Compares an agent's answer with what its step asks for, and names everything that is missing or wrong. */
export function checkAnswer(step: WorkStep, answer: unknown, tools: readonly KnownTool[]): Checked {
  const size = JSON.stringify(answer)?.length ?? 0;
  if (size > MAX_ANSWER) return { ok: false, missing: [`the answer has ${size} characters; at most ${MAX_ANSWER}`] };
  const result = z.fromJSONSchema(step.answer).safeParse(answer);
  const missing = result.success ? [] : result.error.issues.map((issue) => describe(issue));
  if (!isJsonObject(answer))
    return { ok: false, missing: missing.length > 0 ? missing : ['the answer is no JSON object'] };
  const all = [...missing, ...(step.confirmIf === 'actions_proposed' ? unknownTools(answer, tools) : [])];
  return all.length === 0 ? { ok: true, answer } : { ok: false, missing: all };
}

function describe(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join('.') || 'the answer';
  if (issue.code === 'unrecognized_keys') return `${path}: unknown ${issue.keys.join(', ')}`;
  if (issue.message.endsWith('received undefined')) {
    return `${path} is missing${issue.code === 'invalid_type' ? ` (${issue.expected})` : ''}`;
  }
  return `${path}: ${issue.message.replace(/^Invalid (input|option): /, '')}`;
}

function unknownTools(answer: JsonObject, tools: readonly KnownTool[]): readonly string[] {
  const actions = at(answer, 'actions');
  if (!Array.isArray(actions)) return [];
  const names = tools.map(({ server, tool }) => `${server}.${tool}`);
  return actions.flatMap((action, index) => {
    const name = `${String(at(action, 'server'))}.${String(at(action, 'tool'))}`;
    return names.includes(name) ? [] : [`actions.${index}: there is no tool ${name}. ${nearest(name, names)}`];
  });
}

function isJsonObject(value: unknown): value is JsonObject {
  return isObject(value) && z.json().safeParse(value).success;
}

/** The answer with null for each declared field that it leaves out, so that a template may ask for it. */
export function complete(schema: AnswerSchema, answer: JsonObject): JsonObject {
  const nothing: Record<string, Json> = Object.fromEntries(declaredFields(schema).map((field) => [field, null]));
  return { ...nothing, ...answer };
}
