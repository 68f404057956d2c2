import type { Call, Caller, Verdict } from '../gate/call.ts';
import { pass } from '../gate/gate.ts';
import type { GatePorts } from '../gate/ports.ts';
import { OpsError } from '../kernel/errors.ts';
import { isObject, toJsonObject } from '../kernel/json.ts';
import type { Tool } from './define.ts';

/** The tools of one server, behind the gate: there is no other way to run them. */
export interface Toolset {
  readonly server: string;
  /** For the client's model: what the server is for and how its answers read. */
  readonly instructions: string;
  readonly tools: readonly ToolInfo[];
  call(tool: string, raw: unknown, caller: Caller): Promise<Verdict>;
}

export type ToolInfo = Pick<Tool<never>, 'name' | 'summary' | 'verb' | 'effect' | 'destructive' | 'schema'>;

export function createToolset<Deps>(options: {
  readonly server: string;
  readonly instructions: string;
  readonly tools: readonly Tool<Deps>[];
  readonly deps: Deps;
  readonly ports: GatePorts;
  /** What every answer has to say of the connection, as that a certificate is not checked. */
  readonly notice?: () => Promise<string | undefined>;
}): Toolset {
  const { server, instructions, tools, deps, ports, notice = async () => undefined } = options;
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  return {
    server,
    instructions,
    tools,
    call: async (name, raw, caller) => {
      const verdict = await pass(ports, open(server, byName, deps, name, raw), caller);
      if (verdict.kind === 'ask') return verdict;
      // A connection that cannot even be opened has told so in the answer itself.
      const warning = await notice().catch(() => undefined);
      return warning === undefined ? verdict : { ...verdict, text: `${warning}\n${verdict.text}` };
    },
  };
}

function open<Deps>(
  server: string,
  tools: ReadonlyMap<string, Tool<Deps>>,
  deps: Deps,
  name: string,
  raw: unknown,
): Call {
  try {
    const tool = tools.get(name);
    if (tool !== undefined) return tool.open(server, raw, deps);
    throw new OpsError('unknown_tool', `There is no tool "${name}".`, `Tools: ${[...tools.keys()].join(', ')}.`);
  } catch (error) {
    return brokenCall(server, name, raw, error);
  }
}

/** A call that could not be parsed goes through the gate too, so that it is logged like every other. */
function brokenCall(server: string, tool: string, raw: unknown, error: unknown): Call {
  const fail = () => Promise.reject(error);
  return {
    server,
    tool,
    input: isObject(raw) ? toJsonObject(raw) : {},
    why: undefined,
    actions: fail,
    effect: { kind: 'read', run: fail },
  };
}
