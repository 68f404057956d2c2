import { z } from 'zod';
import type { Answer, Call, Planned } from '../gate/call.ts';
import type { Action } from '../kernel/action.ts';
import { OpsError } from '../kernel/errors.ts';
import { isObject, type JsonObject, toJsonObject } from '../kernel/json.ts';

/** What a tool acts on: the gate adds the server and, where it is left out, the tool's verb. */
export type Target = Omit<Action, 'server' | 'verb'> & { readonly verb?: string };

interface Common<Deps, Shape extends z.ZodRawShape> {
  /** Short: clients prefix it (`mcp__kubectl__get`). */
  readonly name: string;
  /** When to use it and what it costs, for the model. */
  readonly summary: string;
  /** Its verb in `policy/verbs.ts`. */
  readonly verb: string;
  readonly input: z.ZodObject<Shape, z.core.$strict>;
  /** Resolves what the call would do. Runs before anything else reaches the backend in the caller's name. */
  readonly target: (
    input: Parsed<Shape>,
    deps: Deps,
    signal: AbortSignal,
  ) => Promise<readonly Target[]> | readonly Target[];
}

type Parsed<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape, z.core.$strict>>;

export interface ReadTool<Deps, Shape extends z.ZodRawShape> extends Common<Deps, Shape> {
  readonly effect: 'read';
  readonly run: (input: Parsed<Shape>, deps: Deps, signal: AbortSignal) => Promise<Answer>;
}

export interface WriteTool<Deps, Shape extends z.ZodRawShape> extends Common<Deps, Shape> {
  readonly effect: 'write';
  /** Shown to clients: it deletes or interrupts something. */
  readonly destructive: boolean;
  /** Tries the change out on the server and says exactly what would happen. */
  readonly plan: (input: Parsed<Shape>, deps: Deps, signal: AbortSignal) => Promise<Planned>;
}

/** A tool whose input type is closed over, so that tools of all shapes stand in one list. */
export interface Tool<Deps> {
  readonly name: string;
  readonly summary: string;
  readonly verb: string;
  readonly effect: 'read' | 'write';
  readonly destructive: boolean;
  /** JSON Schema of the input. */
  readonly schema: JsonObject;
  /** Step 1 of the gate: a strict parse. */
  open(server: string, raw: unknown, deps: Deps): Call;
}

/** One tool, one file: `defineTool<Deps>()({ ... })`. */
export function defineTool<Deps>() {
  return <Shape extends z.ZodRawShape>(tool: ReadTool<Deps, Shape> | WriteTool<Deps, Shape>): Tool<Deps> => ({
    name: tool.name,
    summary: tool.summary,
    verb: tool.verb,
    effect: tool.effect,
    destructive: tool.effect === 'write' && tool.destructive,
    get schema() {
      return schemaOf(tool.input);
    },
    open: (server, raw, deps) => {
      const input = parse(tool.name, tool.input, raw);
      const why = 'why' in input && typeof input.why === 'string' ? input.why : undefined;
      return {
        server,
        tool: tool.name,
        input: toJsonObject(input),
        given: isObject(raw) ? toJsonObject(raw) : {},
        why,
        actions: async (signal) =>
          (await tool.target(input, deps, signal)).map((target) => ({ server, verb: tool.verb, ...target })),
        effect:
          tool.effect === 'read'
            ? { kind: 'read', run: (signal) => tool.run(input, deps, signal) }
            : { kind: 'write', plan: (signal) => tool.plan(input, deps, signal) },
      };
    },
  });
}

/** Strict: an unknown key is an error that lists the known ones. */
function parse<Shape extends z.ZodRawShape>(
  name: string,
  schema: z.ZodObject<Shape, z.core.$strict>,
  raw: unknown,
): Parsed<Shape> {
  const result = schema.safeParse(raw ?? {});
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`).join('; ');
  throw new OpsError(
    'invalid_input',
    `${name}: ${issues}.`,
    `Known parameters: ${Object.keys(schema.shape).join(', ') || 'none'}.`,
  );
}

/** Unknown keys are refused with the known ones; that they are is not said of each tool, which would cost 500 tokens. */
function schemaOf(input: z.ZodType): JsonObject {
  const { $schema: _, ...schema } = z.toJSONSchema(input, {
    io: 'input',
    override: ({ jsonSchema }) => {
      delete jsonSchema.additionalProperties;
    },
  });
  return toJsonObject(schema);
}
