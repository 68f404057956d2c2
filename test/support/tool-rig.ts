import type { Approval } from '../../shared/approvals/approval.ts';
import type { Verdict } from '../../shared/gate/call.ts';
import type { GatePorts } from '../../shared/gate/ports.ts';
import type { Toolset } from '../../shared/tool/toolset.ts';
import { aCaller } from './builders.ts';
import { type GateRig, gateRig } from './gate-rig.ts';

export interface ToolRig extends GateRig {
  /** Calls a tool as a client that can ask nobody. */
  call(tool: string, input: object): Promise<Answered>;
  /** The one approval that waits. */
  pending(): Promise<Approval>;
  /** Calls, lets a person say yes, and calls again with the same arguments. */
  approved(tool: string, input: object): Promise<Answered>;
}

type Answered = Extract<Verdict, { kind: 'answer' }>;

/** A server's tools behind the real gate. Tools that change something get a reason, unless the test gives one. */
export function toolRig(open: (ports: GatePorts) => Toolset, autonomy?: unknown): ToolRig {
  const rig = gateRig({ autonomy });
  const toolset = open(rig.ports);
  const writes = new Set(toolset.tools.filter(({ effect }) => effect === 'write').map(({ name }) => name));
  const call = async (tool: string, input: object) => {
    const why = writes.has(tool) ? { why: 'a test needs it' } : {};
    const verdict = await toolset.call(tool, { ...why, ...input }, aCaller({ canAsk: false }));
    if (verdict.kind === 'ask') throw new Error('asked a client that cannot');
    return verdict;
  };
  const pending = async () => {
    const [approval, ...more] = await rig.approvals.list({ states: ['pending'] });
    if (approval === undefined || more.length > 0)
      throw new Error(`${more.length + (approval ? 1 : 0)} approvals wait`);
    return approval;
  };
  const approved = async (tool: string, input: object) => {
    const first = await call(tool, input);
    if (!first.text.startsWith('Waiting for a person')) return first;
    await rig.approvals.settle((await pending()).id, { decision: 'approve', by: 'anna', via: 'cli' });
    return call(tool, input);
  };
  return { ...rig, call, pending, approved };
}
