import { randomUUID } from 'node:crypto';
import type { Place } from './conversation.ts';
import type { ContentBlock } from './message-stream.ts';

export type Reply =
  | { readonly kind: 'say'; readonly text: string }
  | Use
  | { readonly kind: 'all'; readonly uses: readonly Use[] }
  | { readonly kind: 'fail'; readonly status: number; readonly type: string };

export interface Use {
  readonly kind: 'use';
  readonly name: string;
  readonly input: object;
}

/** How far a script has come, and how often this very step was asked for before (the client retries some errors). */
export interface Progress extends Place {
  readonly attempt: number;
}

type Step = Reply | ((progress: Progress) => Reply);
export type Scripts = Readonly<Record<string, readonly Step[]>>;

/** Text, which ends the turn. */
export const say = (text: string): Reply => ({ kind: 'say', text });

/** One tool call. MCP tools are named as the client names them: `mcp__<server>__<tool>`. */
export const use = (name: string, input: object = {}): Use => ({ kind: 'use', name, input });

/** Several tool calls in one message. */
export const all = (uses: readonly Use[]): Reply => ({ kind: 'all', uses });

/** An API error. The client retries 429, 5xx and 529 by itself. */
export const fail = (status: number, type: string): Reply => ({ kind: 'fail', status, type });

/** What the script says now; past its end, or without a script, a text that says so and ends the turn. */
export function replyOf(scripts: Scripts, progress: Progress | undefined): Reply {
  if (progress === undefined) return say('This request names no script.');
  const { script, step } = progress;
  const next = scripts[script]?.[step];
  if (next === undefined) return say(`Script "${script}" has no step ${step}.`);
  return typeof next === 'function' ? next(progress) : next;
}

export function contentOf(reply: Exclude<Reply, { kind: 'fail' }>): ContentBlock[] {
  if (reply.kind === 'say') return [{ type: 'text', text: reply.text }];
  const uses = reply.kind === 'all' ? reply.uses : [reply];
  return uses.map(({ name, input }) => ({
    type: 'tool_use',
    id: `toolu_${randomUUID().replaceAll('-', '')}`,
    name,
    input,
  }));
}
