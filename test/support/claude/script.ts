import { randomUUID } from 'node:crypto';
import type { Place } from './conversation.ts';
import type { ContentBlock } from './message-stream.ts';

export type Reply =
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'use'; readonly name: string; readonly input: object }
  | { readonly kind: 'fail'; readonly status: number; readonly type: string };

/** How far a script has come, and how often this very step was asked for before (the client retries some errors). */
export interface Progress extends Place {
  readonly attempt: number;
}

type Step = Reply | ((progress: Progress) => Reply);
export type Scripts = Readonly<Record<string, readonly Step[]>>;

/** Text, which ends the turn. */
export const say = (text: string): Reply => ({ kind: 'say', text });

/** One tool call. MCP tools are named as the client names them: `mcp__<server>__<tool>`. */
export const use = (name: string, input: object = {}): Reply => ({ kind: 'use', name, input });

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

export function contentOf(reply: Exclude<Reply, { kind: 'fail' }>): ContentBlock {
  if (reply.kind === 'say') return { type: 'text', text: reply.text };
  const { name, input } = reply;
  return { type: 'tool_use', id: `toolu_${randomUUID().replaceAll('-', '')}`, name, input };
}
