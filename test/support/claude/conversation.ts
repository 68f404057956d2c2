import * as z from 'zod';

const block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  tool_use_id: z.string().optional(),
  is_error: z.boolean().optional(),
  content: z.unknown().optional(),
});
const content = z.union([z.string().transform((text) => [{ type: 'text', text, content: undefined }]), z.array(block)]);
const message = z.looseObject({ role: z.string(), content });
type Message = z.infer<typeof message>;

/** The parts of a Messages API request that a script depends on; the rest stays as it was sent. */
export const messagesRequest = z.looseObject({
  model: z.string(),
  stream: z.boolean().default(false),
  messages: z.array(message),
  tools: z.array(z.looseObject({ name: z.string() })).default([]),
});
export type MessagesRequest = z.infer<typeof messagesRequest>;

export interface ToolResult {
  readonly toolUseId: string;
  readonly text: string;
  readonly isError: boolean;
}

/** Where a conversation is in its script. */
export interface Place {
  readonly script: string;
  /** Assistant messages after the marker: 0 for the first answer. */
  readonly step: number;
  /** What the tools answered after the marker, oldest first. */
  readonly results: readonly ToolResult[];
}

const MARKER = /\[\[script:([\w-]+)\]\]/g;

/** The script that the last marker in a user's text names. Markers in tool input or tool results don't count. */
export function placeOf(messages: readonly Message[]): Place | undefined {
  for (const [index, candidate] of [...messages.entries()].reverse()) {
    const script = candidate.role === 'user' ? markerIn(candidate) : undefined;
    if (script === undefined) continue;
    const after = messages.slice(index + 1);
    const step = after.filter(({ role }) => role === 'assistant').length;
    return { script, step, results: after.flatMap(resultsIn) };
  }
  return undefined;
}

function markerIn({ content }: Message): string | undefined {
  const texts = content.flatMap(({ type, text = '' }) => (type === 'text' ? [text] : []));
  return [...texts.join('\n').matchAll(MARKER)].at(-1)?.[1];
}

function resultsIn({ content }: Message): ToolResult[] {
  return content.flatMap((part) =>
    part.type === 'tool_result' && 'tool_use_id' in part && part.tool_use_id !== undefined
      ? [{ toolUseId: part.tool_use_id, text: textOf(part.content), isError: part.is_error === true }]
      : [],
  );
}

const resultContent = z.union([
  z.string().transform((text) => [{ text }]),
  z.array(z.looseObject({ text: z.string().optional() })),
]);

function textOf(content: unknown): string {
  const { data = [] } = resultContent.safeParse(content);
  return data.map(({ text = '' }) => text).join('\n');
}
