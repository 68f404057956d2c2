import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Approvals } from '../../shared/approvals/approvals.ts';
import { AuditLog } from '../../shared/audit/log.ts';
import type { AuditRecord } from '../../shared/audit/record.ts';
import type { Call, Caller, Verdict } from '../../shared/gate/call.ts';
import { pass } from '../../shared/gate/gate.ts';
import type { GatePorts } from '../../shared/gate/ports.ts';
import { parsePolicy } from '../../shared/policy/policy.ts';
import { SqliteApprovalStore } from '../../shared/store/sqlite.ts';
import { aCaller } from './builders.ts';
import { type FakeClock, fakeClock } from './clock.ts';

export interface GateRig {
  readonly folder: string;
  readonly clock: FakeClock;
  readonly approvals: Approvals;
  readonly ports: GatePorts;
  readonly logged: string[];
  pass(call: Call, caller?: Partial<Caller>): Promise<Verdict>;
  records(): AuditRecord[];
}

/** A folder of its own that goes when the test ends. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'k8s-agent-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The real gate on a real store and a real log, with a clock that stands still. */
export function gateRig(options: { autonomy?: unknown; ports?: Partial<GatePorts> } = {}): GateRig {
  const folder = tempFolder();
  const clock = fakeClock();
  const store = new SqliteApprovalStore(join(folder, 'state.db'));
  onTestFinished(() => store.close());
  const approvals = new Approvals(store, clock);
  const policy = parsePolicy(options.autonomy);
  const logged: string[] = [];
  const ports: GatePorts = {
    policy: () => policy,
    approvals: () => approvals,
    audit: new AuditLog({ folder: join(folder, 'actions'), writer: 'kubectl-1-test', clock }),
    clock,
    limits: () => ({ approvalLife: 900_000, clientPatience: 3_600_000, deadline: 60_000, person: 'anna' }),
    log: (message) => logged.push(message),
    ...options.ports,
  };
  return {
    folder,
    clock,
    approvals,
    ports,
    logged,
    pass: (call, caller) => pass(ports, call, aCaller(caller)),
    records: () => readRecords(join(folder, 'actions')),
  };
}

export function readRecords(folder: string): AuditRecord[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('-actions.jsonl'));
  return files.sort().flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
  );
}
