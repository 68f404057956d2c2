import { userInfo } from 'node:os';
import type { Approvals } from '../shared/approvals/approvals.ts';
import { AuditLog } from '../shared/audit/log.ts';
import type { Config } from '../shared/config/schema.ts';
import { policyFrom } from '../shared/config/settings.ts';
import type { GatePorts } from '../shared/gate/ports.ts';
import type { Clock } from '../shared/kernel/clock.ts';
import { newId } from '../shared/kernel/ids.ts';
import type { Log } from '../shared/kernel/log.ts';
import type { Paths } from '../shared/kernel/paths.ts';

/** Milliseconds for recording an answer. */
const DEADLINE = 30_000;

/** The daemon's own gate: it only asks people here, and waits for nobody inside. Changes are made by the servers. */
export function daemonGate(of: {
  readonly paths: Paths;
  readonly config: Config;
  readonly approvals: Approvals;
  readonly clock: Clock;
  readonly log: Log;
}): GatePorts {
  const { paths, config, approvals, clock, log } = of;
  const limits = {
    approvalLife: config.approvals.expires * 60_000,
    clientPatience: Number.POSITIVE_INFINITY,
    deadline: DEADLINE,
    person: userInfo().username,
  };
  return {
    policy: policyFrom(paths.settings),
    approvals: () => approvals,
    audit: new AuditLog({ folder: paths.actionLogs, writer: newId(`daemon-${process.pid}`), clock }),
    clock,
    limits: () => limits,
    log,
  };
}
