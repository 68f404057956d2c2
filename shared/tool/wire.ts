import type { ToolInfo } from './toolset.ts';

/** A tool as `tools/list` shows it. */
export function wireTool({ name, summary, effect, destructive, schema }: ToolInfo) {
  return {
    name,
    description: summary,
    inputSchema: { type: 'object' as const, ...schema },
    annotations: effect === 'read' ? { readOnlyHint: true } : { readOnlyHint: false, destructiveHint: destructive },
  };
}
