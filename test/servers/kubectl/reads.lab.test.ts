import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breakWorkload } from '../../../lab/faults.ts';
import type { LabInfo } from '../../../lab/index.ts';
import { kubectl } from '../../../lab/kubectl-exec.ts';
import type { KubectlDeps } from '../../../servers/kubectl/deps.ts';
import { describe as describeTool } from '../../../servers/kubectl/tools/describe.ts';
import { diff } from '../../../servers/kubectl/tools/diff.ts';
import { events } from '../../../servers/kubectl/tools/events.ts';
import { explain } from '../../../servers/kubectl/tools/explain.ts';
import { get } from '../../../servers/kubectl/tools/get.ts';
import { health } from '../../../servers/kubectl/tools/health.ts';
import { logs } from '../../../servers/kubectl/tools/logs.ts';
import { rolloutHistory } from '../../../servers/kubectl/tools/rollout-history.ts';
import { rolloutStatus } from '../../../servers/kubectl/tools/rollout-status.ts';
import { top } from '../../../servers/kubectl/tools/top.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import type { Tool } from '../../../shared/tool/define.ts';
import { freshNamespace, labForTests } from '../../support/lab.ts';
import { depsFor, runRead, whole } from '../../support/reads.ts';

const PASSWORD = 'correct-horse-battery';

const manifest = (replicas: number, password: string) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  serviceName: db
  replicas: ${replicas}
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec:
      containers:
        - name: pg
          image: registry.example.invalid/pg:16
          env: [{ name: DB_PASSWORD, value: ${PASSWORD} }]
          resources: { requests: { memory: 64Mi }, limits: { memory: 128Mi } }
        - { name: exporter, image: "registry.example.invalid/exporter:1" }
---
apiVersion: v1
kind: Secret
metadata: { name: creds }
stringData: { password: ${password}, user: admin }
`;

const WIDGETS = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.reads.example.org }
spec:
  group: reads.example.org
  scope: Namespaced
  names: { plural: widgets, singular: widget, kind: Widget }
  versions:
    - name: v1
      served: true
      storage: true
      additionalPrinterColumns: [{ name: Colour, type: string, jsonPath: .spec.colour }]
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              required: [colour]
              properties: { colour: { type: string, description: What it looks like. } }
`;

let lab: LabInfo;
let deps: KubectlDeps;
let ns: string;

const read = async (tool: Tool<KubectlDeps>, input: object, as = deps) => whole(await runRead(tool, input, as));
const inNs = (rest: object) => ({ namespace: ns, ...rest });

beforeAll(async () => {
  lab = await labForTests();
  ns = await freshNamespace(lab, 'reads');
  deps = depsFor(lab.kubeconfig);
  await kubectl(lab, ['apply', `--namespace=${ns}`, '-f', '-'], manifest(2, PASSWORD));
  await breakWorkload(lab, 'crashloop', ns);
  await breakWorkload(lab, 'pending', ns);
  await kubectl(lab, ['apply', '-f', '-'], WIDGETS);
  await kubectl(lab, ['rollout', 'status', 'statefulset/db', `--namespace=${ns}`, '--timeout=60s']);
  const crashing = '--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=CrashLoopBackOff';
  await kubectl(lab, ['wait', 'pods', '--selector=app=crasher', `--namespace=${ns}`, crashing, '--timeout=60s']);
});

afterAll(async () => {
  await kubectl(lab, ['delete', 'namespace', ns, '--wait=false']);
});

describe('get', () => {
  it('pages through a list by the token that it names', async () => {
    const first = await read(get, inNs({ kind: 'po', limit: 2 }));
    const token = /continue="([^"]+)"/.exec(first)?.[1];
    expect(first).toContain('2 pods');
    const second = await read(get, inNs({ kind: 'pods', limit: 500, continue: token }));
    expect(second).not.toContain('call again');
    const names = `${first}${second}`.match(/^(crasher|db|giant)-\S+/gm) ?? [];
    expect(new Set(names).size).toBe(6);
  });

  it('says what to do when the token is no longer good', async () => {
    const read = runRead(get, inNs({ kind: 'pods', continue: 'bm90IGEgdG9rZW4' }), deps);
    await expect(read).rejects.toMatchObject({ code: 'rejected_by_backend' });
  });

  it('shows more columns on demand, and rows that contain a text', async () => {
    const rows = await read(get, inNs({ kind: 'pods', output: 'wide', filter: 'db-' }));
    expect(rows).toMatch(/NODE/);
    expect(rows).toMatch(/^2 pods of 6 on this page contain "db-"/);
    expect(rows).not.toContain('crasher');
  });

  it("shows a custom resource's own columns", async () => {
    const widget = {
      apiVersion: 'reads.example.org/v1',
      kind: 'Widget',
      metadata: { name: 'one' },
      spec: { colour: 'teal' },
    };
    await kubectl(lab, ['apply', `--namespace=${ns}`, '-f', '-'], JSON.stringify(widget));
    expect(await read(get, { kind: 'widgets', all_namespaces: true })).toMatch(/NAMESPACE +NAME +COLOUR\n.*one +teal/);
  });

  it('masks the data of a Secret, and variables that are called like one', async () => {
    const secret = await read(get, inNs({ kind: 'secret/creds', output: 'yaml' }));
    expect(secret).toContain('password: "***"');
    const set = await read(get, inNs({ kind: 'sts', name: 'db', output: 'yaml' }));
    expect(set).not.toContain('managedFields');
    for (const text of [secret, set]) expect(text).not.toContain(PASSWORD);
    expect(secret).not.toContain(Buffer.from(PASSWORD).toString('base64'));
  });

  it('names what could be meant, or where it is', async () => {
    const near = { code: 'not_found', hint: expect.stringContaining('Did you mean crasher') };
    await expect(runRead(get, inNs({ kind: 'deploy', name: 'crashr' }), deps)).rejects.toMatchObject(near);
    const elsewhere = { hint: expect.stringContaining(`It exists in: `) };
    await expect(runRead(get, { kind: 'sts', name: 'db', namespace: 'kube-public' }, deps)).rejects.toMatchObject(
      elsewhere,
    );
    await expect(runRead(get, { kind: 'deploymnet' }, deps)).rejects.toMatchObject({
      hint: expect.stringContaining('deployment'),
    });
  });

  it('refuses what it would otherwise leave out', async () => {
    const unclear = { code: 'invalid_input' };
    await expect(runRead(get, inNs({ kind: 'pods', output: 'yaml' }), deps)).rejects.toMatchObject(unclear);
    await expect(runRead(get, { kind: 'pod/db-0', all_namespaces: true }, deps)).rejects.toMatchObject(unclear);
  });
});

describe('describe', () => {
  it("is kubectl's, without the values of secret variables", async () => {
    const text = await read(describeTool, inNs({ kind: 'pod', name: 'db-0' }));
    expect(text).toMatch(/DB_PASSWORD: +\*\*\*/);
    expect(text).toContain('QoS Class:');
    expect(text).not.toContain(PASSWORD);
  });

  it('is our own where kubectl does not work, and says so', async () => {
    const broken = async () => {
      throw new OpsError('rejected_by_backend', 'kubectl describe failed.', 'See whether it works in a terminal.');
    };
    const text = await read(
      describeTool,
      inNs({ kind: 'pod', name: 'db-0' }),
      depsFor(lab.kubeconfig, { describe: broken }),
    );
    expect(text).toContain('kubectl does not work here: our own rendering');
    expect(text).toContain('Controlled by: StatefulSet/db');
  });

  it('is our own where there is no kubectl, with states, conditions and events', async () => {
    const without = depsFor(lab.kubeconfig, { describe: async () => undefined });
    const text = await read(describeTool, inNs({ kind: 'pods', name: 'db-0' }), without);
    expect(text).toContain('there is no kubectl here');
    for (const part of ['Controlled by: StatefulSet/db', 'pg: ready', 'PodScheduled', 'Scheduled'])
      expect(text).toContain(part);
    expect(text).not.toContain(PASSWORD);
    const secret = await read(describeTool, inNs({ kind: 'secret', name: 'creds' }), without);
    expect(secret).toContain(`password: ${PASSWORD.length} bytes`);
  });
});

describe('logs', () => {
  it("takes a workload's worst pod, and says which one and why", async () => {
    const text = await read(logs, inNs({ name: 'deployment/crasher' }));
    expect(text).toMatch(
      /^Pod\/crasher-\S+ in \S+ \(the worst of 2 pods of Deployment\/crasher.*\), container crasher: 6 lines\./,
    );
    expect(text).toContain('FATAL could not connect');
  });

  it('reads the run before, with times', async () => {
    const text = await read(logs, inNs({ name: 'deploy/crasher', previous: true, timestamps: true }));
    expect(text).toMatch(/previous run: 5 lines[\s\S]*\n\d{4}-\d\d-\d\dT\S+Z INFO starting crasher/);
  });

  it('keeps the newest lines, and says how to see more', async () => {
    const text = await read(logs, inNs({ name: 'db-0', container: 'pg', tail: 3 }));
    expect(text).toMatch(/container pg \(others: exporter\): 3 lines\.\nThere are older ones: raise tail/);
    expect(text.trim().split('\n')).toHaveLength(5);
  });

  it('searches further back than it shows', async () => {
    const text = await read(logs, inNs({ name: 'db-0', grep: '(?i)error', tail: 5 }));
    expect(text).toMatch(/that match, of 300 searched/);
    const lines = text.trim().split('\n').slice(2);
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(line).toMatch(/error/i);
  });

  it('says why there is nothing yet', async () => {
    expect(await read(logs, inNs({ name: 'deployment/giant' }))).toMatch(
      /0 lines.*has not started: see describe or events/,
    );
  });
});

describe('events', () => {
  it('are those of one object, newest last, or only the warnings', async () => {
    const text = await read(events, inNs({ kind: 'pod', name: 'db-0' }));
    expect(text).toMatch(/Normal +Scheduled +Pod\/db-0/);
    expect(text).not.toContain('crasher');
    const warnings = await read(events, inNs({ warnings: true, since: '1h' }));
    expect(warnings).toMatch(/Warning +FailedScheduling +Pod\/giant/);
    expect(warnings).not.toContain('Normal');
  });
});

describe('top', () => {
  it('measures nodes against allocatable, and pods against requests and limits', async () => {
    await expect.poll(() => read(top, inNs({ kind: 'pods' })), { timeout: 50_000, interval: 1_000 }).toContain('db-0');
    // Only one of the two containers has a limit: the pod has none.
    expect(await read(top, inNs({ kind: 'pods', labels: 'app=db' }))).toMatch(/db-0 +\d+m +- +- +\d+Mi +\d+% +-/);
    expect(await read(top, { kind: 'nodes' })).toMatch(/pi5-a +\d+m +\d+% +\d+Mi +\d+%/);
  });
});

describe('diff', () => {
  it('shows what would change, masks what is secret, and changes nothing', async () => {
    const text = await read(diff, inNs({ manifest: manifest(3, 'another-password') }));
    expect(text).toMatch(/^2 objects: 2 changed\./);
    expect(text).toMatch(/-\s+replicas: 2\n\+\s+replicas: 3/);
    expect(text).toContain('password: "*** (changed)"');
    expect(text).not.toContain('another-password');
    expect(await read(diff, inNs({ manifest: manifest(2, PASSWORD) }))).toMatch(/^2 objects: 2 unchanged\./);
  });

  it('tells of each object that the server rejects, beside the others', async () => {
    const bad = '---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: Not_A_Name }\n';
    const text = await read(diff, inNs({ manifest: `${manifest(3, PASSWORD)}${bad}` }));
    expect(text).toMatch(/^3 objects: 1 changed, 1 unchanged, 1 rejected\./);
    expect(text).toContain('a lowercase RFC 1123 subdomain');
  });
});

describe('explain', () => {
  it('follows a path through lists, and knows custom resources', async () => {
    const text = await read(explain, { kind: 'deploy', path: 'spec.template.spec.containers[0].resources' });
    expect(text).toContain('limits <map[string]string or number>');
    await expect
      .poll(() => read(explain, { kind: 'widget', path: 'spec' }).catch(String), { timeout: 20_000 })
      .toContain('colour <string, required>  What it looks like.');
    const wrong = runRead(explain, { kind: 'pod', path: 'spec.containrs' }, deps);
    await expect(wrong).rejects.toMatchObject({ hint: expect.stringContaining('"containers"') });
  });
});

describe('rollouts', () => {
  it('are done, or held up by what the newest pods suffer from', async () => {
    expect(await read(rolloutStatus, inNs({ kind: 'sts', name: 'db' }))).toMatch(
      /^StatefulSet\/db in \S+ is rolled out: 2 wanted/,
    );
    expect(await read(rolloutStatus, inNs({ kind: 'deploy', name: 'giant' }))).toMatch(
      /still rolling out[\s\S]*2 pods Unschedulable: 0\/\d+ nodes/,
    );
  });

  it('are waited for: the answer comes with the change, not with the deadline', async () => {
    const began = Date.now();
    await kubectl(lab, ['rollout', 'restart', 'statefulset/db', `--namespace=${ns}`]);
    expect(await read(rolloutStatus, inNs({ kind: 'sts', name: 'db', wait: 60 }))).toContain('is rolled out');
    expect(Date.now() - began).toBeLessThan(50_000);
    expect(await read(rolloutHistory, inNs({ kind: 'sts', name: 'db' }))).toMatch(
      /2 revisions[\s\S]*\n1 +\d[\s\S]*\n2 \(current\)/,
    );
  });

  it('are only of kinds that roll', async () => {
    await expect(runRead(rolloutStatus, inNs({ kind: 'pod', name: 'db-0' }), deps)).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });
});

describe('health', () => {
  it('says what is wrong in one namespace, by owner, with the reasons', async () => {
    const text = await read(health, { namespace: ns });
    expect(text).toMatch(/^Not healthy: 2 critical, /);
    expect(text).toMatch(
      /CRITICAL Deployment\/crasher in \S+\n {2}0 of 2 ready\n {2}\d pods? (CrashLoopBackOff|Restarted): container crasher/,
    );
    expect(text).toMatch(/CRITICAL Deployment\/giant in \S+\n[\s\S]*2 pods Unschedulable: 0\/\d+ nodes are available/);
    expect(text).not.toContain('StatefulSet/db');
  });

  it('fits 2,000 tokens and names the nodes with their taints', async () => {
    const text = await read(health, {});
    expect(Buffer.byteLength(text) / 4).toBeLessThan(2_000);
    expect(text).toContain('pi3 (node-type=pi3:NoSchedule)');
  });

  it('answers with what it may read, and says what it may not', async () => {
    const limited = depsFor(lab.limitedKubeconfig);
    expect(await read(health, { namespace: 'team-a' }, limited)).toMatch(/Not read, for want of rights: .*pods/);
    await expect(runRead(health, {}, limited)).rejects.toMatchObject({
      code: 'unauthorized',
      hint: expect.stringContaining('RBAC'),
    });
  });
});

describe('a cluster that does not answer', () => {
  it('is named with its address and context, and what to do', async () => {
    const view = await kubectl(lab, ['config', 'view', '--raw', '-o', 'json']);
    const file = join(await mkdtemp(join(tmpdir(), 'kubeconfig-')), 'config');
    await writeFile(file, view.replace(lab.server, 'https://127.0.0.1:9'), { mode: 0o600 });
    await expect(runRead(get, { kind: 'pods' }, depsFor(file))).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('127.0.0.1:9 (context lab)'),
    });
  });
});
