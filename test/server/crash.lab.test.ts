import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LabInfo } from '../../lab/index.ts';
import { kubectl } from '../../lab/kubectl-exec.ts';
import { Approvals } from '../../shared/approvals/approvals.ts';
import { verify } from '../../shared/audit/verify.ts';
import type { FaultPoint } from '../../shared/gate/ports.ts';
import { pathsIn } from '../../shared/kernel/paths.ts';
import { SqliteApprovalStore } from '../../shared/store/sqlite.ts';
import { fakeClock } from '../support/clock.ts';
import { tempFolder } from '../support/gate-rig.ts';
import { freshNamespace, labForTests } from '../support/lab.ts';
import { connect2026 } from '../support/mcp/connect-2026.ts';
import { kubectlServer } from '../support/server.ts';

let lab: LabInfo;
let namespace: string;

beforeAll(async () => {
  lab = await labForTests();
  namespace = await freshNamespace(lab, 'crash');
  await kubectl(lab, ['-n', namespace, 'create', 'deployment', 'web', '--image=registry.example.invalid/web:1']);
});

const replicas = async () =>
  Number(await kubectl(lab, ['-n', namespace, 'get', 'deployment', 'web', '-o', 'jsonpath={.spec.replicas}']));

function auditOf(home: string) {
  const folder = pathsIn(home).actionLogs;
  // Killed before its first record, a server has not even made the folder.
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const files = names.map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
  return verify(files, { isAlive: () => false });
}

/** What the store says long after the server's death. */
async function approvalLater(home: string) {
  const store = new SqliteApprovalStore(pathsIn(home).database);
  const [approval] = await new Approvals(store, fakeClock(Date.now() + 600_000)).list();
  store.close();
  return approval;
}

describe.each<[FaultPoint, { ran: boolean; findings: string[]; state: string }]>([
  ['claimed', { ran: false, findings: [], state: 'unknown' }],
  ['intent', { ran: false, findings: ['unknown-outcome'], state: 'unknown' }],
  ['ran', { ran: true, findings: ['unknown-outcome'], state: 'unknown' }],
  ['recorded', { ran: true, findings: [], state: 'unknown' }],
])('a server that is killed at "%s"', (faultPoint, expected) => {
  it('executes nothing twice, loses no approval, and leaves a log that says what is not known', async () => {
    const home = join(tempFolder(), '.claude');
    const wanted = (await replicas()) + 1;
    const input = { kind: 'deployment', name: 'web', namespace, replicas: wanted, why: `killed at ${faultPoint}` };
    const onElicit = () => ({ action: 'accept', content: { decision: 'approve' } }) as const;
    const doomed = await connect2026({ ...kubectlServer({ home, kubeconfig: lab.kubeconfig, faultPoint }), onElicit });
    await expect(doomed.call('scale', input)).rejects.toThrow();
    await doomed.close();
    expect(await replicas()).toBe(expected.ran ? wanted : wanted - 1);
    expect(auditOf(home).findings.map(({ kind }) => kind)).toEqual(expected.findings);

    // The one yes is used up: whoever calls again does not run it.
    const after = await connect2026(kubectlServer({ home, kubeconfig: lab.kubeconfig }));
    const again = await after.call('scale', input);
    await after.close();
    expect(again.isError).toBe(true);
    expect(await replicas()).toBe(expected.ran ? wanted : wanted - 1);
    const approval = await approvalLater(home);
    expect(approval).toMatchObject({
      state: expected.state,
      settled: { via: 'terminal' },
      claim: { call: expect.stringMatching(/^call-/) },
    });
  });
});
