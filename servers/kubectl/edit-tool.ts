import type { z } from 'zod';
import type { KubeObject } from '../../shared/cluster/objects.ts';
import type { Tool } from '../../shared/tool/define.ts';
import { type KubectlDeps, kubectlTool, oncePerCall } from './deps.ts';
import { type Edit, editTarget, planEdit, type Words } from './edit.ts';

type Input<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape, z.core.$strict>>;

interface EditTool<Shape extends z.ZodRawShape> {
  readonly name: string;
  readonly summary: string;
  readonly verb: string;
  readonly destructive: boolean;
  readonly input: z.ZodObject<Shape, z.core.$strict>;
  /** Reads the object and prepares the change; refuses what makes no sense for it. */
  readonly edit: (input: Input<Shape>, deps: KubectlDeps, signal: AbortSignal) => Promise<Edit>;
  /** What a person and the model read of it; `wanted` is the object as the server says it would become. */
  readonly words: (edit: Edit, wanted: KubeObject) => Words;
}

/** A tool that changes one live object: judged, previewed and written from one reading of it. */
export function editTool<Shape extends z.ZodRawShape>(tool: EditTool<Shape>): Tool<KubectlDeps> {
  const edit = oncePerCall(tool.edit);
  const { name, summary, verb, destructive, input } = tool;
  return kubectlTool({
    name,
    summary,
    verb,
    effect: 'write',
    destructive,
    input,
    target: async (input, deps, signal) => [await editTarget(deps.cluster, await edit(input, deps, signal), signal)],
    plan: async (input, deps, signal) => {
      const made = await edit(input, deps, signal);
      return planEdit(deps.cluster, made, tool.words(made, (await made.tried()).object));
    },
  });
}
