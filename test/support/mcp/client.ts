import * as z from 'zod';

/** What a server asks a person, through the client. */
export interface Form {
  readonly message: string;
  readonly requestedSchema: unknown;
}

/** A type alias, since the SDKs want one that may hold more keys. */
export type FormAnswer = {
  readonly action: 'accept' | 'decline' | 'cancel';
  readonly content?: Record<string, string | number | boolean | string[]>;
};

export type OnElicit = (form: Form) => FormAnswer | Promise<FormAnswer>;

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  /** The client declares that it can ask a person only if this is given. */
  readonly onElicit?: OnElicit;
}

interface ToolInfo {
  readonly name: string;
  readonly description?: string | undefined;
  readonly inputSchema: object;
  readonly annotations?: object | undefined;
}

export interface ToolAnswer {
  /** The text blocks, joined by newlines. */
  readonly text: string;
  readonly isError: boolean;
}

export interface CallOptions {
  /** Instead of the connection's own, which must be there; such calls go one at a time. */
  readonly onElicit?: OnElicit;
  readonly signal?: AbortSignal;
  readonly meta?: Record<string, unknown>;
  /** The SDK's default is 60 s. */
  readonly timeoutMs?: number;
}

/** One interface to a server over stdio, whatever the protocol. */
export interface McpClient {
  readonly protocolVersion: string;
  /** Of the server's process. */
  readonly pid: number;
  listTools(): Promise<readonly ToolInfo[]>;
  call(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<ToolAnswer>;
  close(): Promise<void>;
}

/** Who answers right now: the call's own handler while it runs, else the connection's. */
export function elicitSwitch(standing: OnElicit | undefined) {
  let current = standing;
  return {
    answer: async (form: Form): Promise<FormAnswer> => current?.(form) ?? { action: 'cancel' },
    during: async <T>(own: OnElicit | undefined, run: () => Promise<T>): Promise<T> => {
      if (own === undefined) return run();
      if (standing === undefined)
        throw new Error('Connect with onElicit: this client told the server that it cannot ask.');
      if (current !== standing) throw new Error('Another call with its own onElicit runs: wait for it.');
      current = own;
      return run().finally(() => {
        current = standing;
      });
    },
  };
}

const toolResult = z.looseObject({
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
  isError: z.boolean().default(false),
});

export function answerFrom(result: unknown): ToolAnswer {
  const { content, isError } = toolResult.parse(result);
  return { text: content.map(({ type, text }) => text ?? `[${type}]`).join('\n'), isError };
}
