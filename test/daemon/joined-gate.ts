import type { CrewDeps, ToolCall } from '../../daemon/crew/deps.ts';
import type { DaemonStores } from '../../daemon/stores.ts';
import { AuditLog } from '../../shared/audit/log.ts';
import { findRunStep } from '../../shared/boot/find-run-step.ts';
import { policyFrom } from '../../shared/config/settings.ts';
import { pass } from '../../shared/gate/gate.ts';
import type { GatePorts } from '../../shared/gate/ports.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { stringAt } from '../../shared/kernel/json.ts';
import type { Paths } from '../../shared/kernel/paths.ts';
import { aCall, aCaller, aPlan, aWrite } from '../support/builders.ts';

export interface JoinedGateOptions {
  readonly paths: Paths;
  readonly clock: Clock;
  /** Those of the daemon. */
  readonly stores: () => DaemonStores;
  /** Names this process in the audit log. */
  readonly writer: string;
  /** What really happens. */
  readonly effect: (call: ToolCall) => Promise<void>;
  /** As the audit log of the server that is called. */
  readonly audit?: (log: GatePorts['audit']) => GatePorts['audit'];
}

/** Calls `kubectl.scale` as a server of a daemon does it: through the real gate, with the step found by the run. */
export function joinedGate(options: JoinedGateOptions) {
  const { paths, clock, stores, writer, effect, audit = (log) => log } = options;
  const ports: GatePorts = {
    policy: policyFrom(paths.settings),
    approvals: () => stores().approving.approvals,
    audit: audit(new AuditLog({ folder: paths.actionLogs, writer, clock })),
    clock,
    limits: () => ({ approvalLife: 86_400_000, clientPatience: 1e9, deadline: 60_000, person: 'anna' }),
    log: () => {},
  };
  return async (call: ToolCall, agent?: string): ReturnType<CrewDeps['callTool']> => {
    const { run, server, tool, input } = call;
    const plan = aPlan({ run: async () => effect(call).then(() => ({ text: 'scaled' })) });
    const target = { namespace: stringAt(input, 'namespace') ?? 'shop', name: stringAt(input, 'name') ?? 'web' };
    const given = aCall({ server, tool, input, given: input, action: target, effect: aWrite(plan) });
    const runStep: GatePorts['runStep'] = (of, caller) =>
      findRunStep({ candidates: [run], call: of, caller, runs: stores().runs, paths, clock });
    const verdict = await pass({ ...ports, runStep }, given, aCaller({ canAsk: false, ...(agent && { agent }) }));
    if (verdict.kind === 'ask') throw new Error('nobody is there to be asked');
    return { isError: verdict.isError, text: verdict.text };
  };
}
