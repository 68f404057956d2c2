import { randomUUID } from 'node:crypto';

/** A finished assistant message, as the Messages API returns it without streaming. */
export type AssistantMessage = ReturnType<typeof assistantMessage>;
export type ContentBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: object };

export function assistantMessage(model: string, content: readonly ContentBlock[]) {
  return {
    id: `msg_${randomUUID()}`,
    type: 'message',
    role: 'assistant',
    model,
    content,
    stop_reason: content.some(({ type }) => type === 'tool_use') ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  };
}

/** The same message as server-sent events, one delta a block. */
export function eventStream(message: AssistantMessage): string {
  const { content, stop_reason, stop_sequence, usage } = message;
  return [
    event('message_start', { message: { ...message, content: [], stop_reason: null } }),
    ...content.flatMap(blockEvents),
    event('message_delta', { delta: { stop_reason, stop_sequence }, usage }),
    event('message_stop', {}),
  ].join('');
}

function blockEvents(block: ContentBlock, index: number): string[] {
  const [start, delta] =
    block.type === 'text'
      ? [
          { ...block, text: '' },
          { type: 'text_delta', text: block.text },
        ]
      : [
          { ...block, input: {} },
          { type: 'input_json_delta', partial_json: JSON.stringify(block.input) },
        ];
  return [
    event('content_block_start', { index, content_block: start }),
    event('content_block_delta', { index, delta }),
    event('content_block_stop', { index }),
  ];
}

function event(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}
