import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { events } from '../../../servers/kubectl/tools/events.ts';
import { health } from '../../../servers/kubectl/tools/health.ts';
import { logs } from '../../../servers/kubectl/tools/logs.ts';
import { top } from '../../../servers/kubectl/tools/top.ts';
import { depsFor, runRead } from '../../support/reads.ts';

import { type ReadsLab, readsLab } from '../../support/reads-lab.ts';

let rig: ReadsLab;

beforeAll(async () => {
  rig = await readsLab();
});

afterAll(() => rig.close());

describe('logs', () => {
  it("takes a workload's worst pod, and says which one and why", async () => {
    const text = await rig.read(logs, rig.inNs({ name: 'deployment/crasher' }));
    expect(text).toMatch(
      /^Pod\/crasher-\S+ in \S+ \(the worst of 2 pods of Deployment\/crasher.*\), container crasher: 6 lines\./,
    );
    expect(text).toContain('FATAL could not connect');
  });

  it('reads the run before, with times', async () => {
    const text = await rig.read(logs, rig.inNs({ name: 'deploy/crasher', previous: true, timestamps: true }));
    expect(text).toMatch(/previous run: 5 lines[\s\S]*\n\d{4}-\d\d-\d\dT\S+Z INFO starting crasher/);
  });

  it('keeps the newest lines, and says how to see more', async () => {
    const text = await rig.read(logs, rig.inNs({ name: 'db-0', container: 'pg', tail: 3 }));
    expect(text).toMatch(/container pg \(others: exporter\): 3 lines\.\nThere are older ones: raise tail/);
    expect(text.trim().split('\n')).toHaveLength(5);
  });

  it('searches further back than it shows', async () => {
    const text = await rig.read(logs, rig.inNs({ name: 'db-0', grep: '(?i)error', tail: 5 }));
    expect(text).toMatch(/that match, of 300 searched/);
    const lines = text.trim().split('\n').slice(2);
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(line).toMatch(/error/i);
  });

  it('says why there is nothing yet', async () => {
    expect(await rig.read(logs, rig.inNs({ name: 'deployment/giant' }))).toMatch(
      /0 lines.*has not started: see describe or events/,
    );
  });
});

describe('events', () => {
  it('are those of one object, newest last, or only the warnings', async () => {
    const text = await rig.read(events, rig.inNs({ kind: 'pod', name: 'db-0' }));
    expect(text).toMatch(/Normal +Scheduled +Pod\/db-0/);
    expect(text).not.toContain('crasher');
    const warnings = await rig.read(events, rig.inNs({ warnings: true, since: '1h' }));
    expect(warnings).toMatch(/Warning +FailedScheduling +Pod\/giant/);
    expect(warnings).not.toContain('Normal');
  });
});

describe('top', () => {
  it('measures nodes against allocatable, and pods against requests and limits', async () => {
    await expect
      .poll(() => rig.read(top, rig.inNs({ kind: 'pods' })), { timeout: 50_000, interval: 1_000 })
      .toContain('db-0');
    // Only one of the two containers has a limit: the pod has none.
    expect(await rig.read(top, rig.inNs({ kind: 'pods', labels: 'app=db' }))).toMatch(
      /db-0 +\d+m +- +- +\d+Mi +\d+% +-/,
    );
    expect(await rig.read(top, { kind: 'nodes' })).toMatch(/pi5-a +\d+m +\d+% +\d+Mi +\d+%/);
  });
});

describe('health', () => {
  it('says what is wrong in one namespace, by owner, with the reasons', async () => {
    const text = await rig.read(health, { namespace: rig.ns });
    expect(text).toMatch(/^Not healthy: 2 critical, /);
    expect(text).toMatch(
      /CRITICAL Deployment\/crasher in \S+\n {2}0 of 2 ready\n {2}\d pods? (CrashLoopBackOff|Restarted): container crasher/,
    );
    expect(text).toMatch(/CRITICAL Deployment\/giant in \S+\n[\s\S]*2 pods Unschedulable: 0\/\d+ nodes are available/);
    expect(text).not.toContain('StatefulSet/db');
  });

  it('fits 2,000 tokens and names the nodes with their taints', async () => {
    const text = await rig.read(health, {});
    expect(Buffer.byteLength(text) / 4).toBeLessThan(2_000);
    expect(text).toContain('pi3 (node-type=pi3:NoSchedule)');
  });

  it('answers with what it may read, and says what it may not', async () => {
    const limited = depsFor(rig.lab.limitedKubeconfig);
    expect(await rig.read(health, { namespace: 'team-a' }, limited)).toMatch(/Not read, for want of rights: .*pods/);
    await expect(runRead(health, {}, limited)).rejects.toMatchObject({
      code: 'unauthorized',
      hint: expect.stringContaining('RBAC'),
    });
  });
});
