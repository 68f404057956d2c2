import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectl } from '../../../lab/kubectl-exec.ts';
import { describe as describeTool } from '../../../servers/kubectl/tools/describe.ts';
import { get } from '../../../servers/kubectl/tools/get.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { depsFor, runRead } from '../../support/reads.ts';

import { PASSWORD, type ReadsLab, readsLab, WIDGETS } from '../../support/reads-lab.ts';

let rig: ReadsLab;

beforeAll(async () => {
  rig = await readsLab();
  await kubectl(rig.lab, ['apply', '-f', '-'], WIDGETS);
});

afterAll(() => rig.close());

describe('get', () => {
  it('pages through a list by the token that it names', async () => {
    const first = await rig.read(get, rig.inNs({ kind: 'po', limit: 2 }));
    const token = /continue="([^"]+)"/.exec(first)?.[1];
    expect(first).toContain('2 pods');
    const second = await rig.read(get, rig.inNs({ kind: 'pods', limit: 500, continue: token }));
    expect(second).not.toContain('call again');
    const names = `${first}${second}`.match(/^(crasher|db|giant)-\S+/gm) ?? [];
    expect(new Set(names).size).toBe(6);
  });

  it('says what to do when the token is no longer good', async () => {
    const read = runRead(get, rig.inNs({ kind: 'pods', continue: 'bm90IGEgdG9rZW4' }), rig.deps);
    await expect(read).rejects.toMatchObject({ code: 'rejected_by_backend' });
  });

  it('shows more columns on demand, and rows that contain a text', async () => {
    const rows = await rig.read(get, rig.inNs({ kind: 'pods', output: 'wide', filter: 'db-' }));
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
    await kubectl(rig.lab, ['apply', `--namespace=${rig.ns}`, '-f', '-'], JSON.stringify(widget));
    expect(await rig.read(get, { kind: 'widgets', all_namespaces: true })).toMatch(
      /NAMESPACE +NAME +COLOUR\n.*one +teal/,
    );
  });

  it('masks the data of a Secret, and variables that are called like one', async () => {
    const secret = await rig.read(get, rig.inNs({ kind: 'secret/creds', output: 'yaml' }));
    expect(secret).toContain('password: "***"');
    const set = await rig.read(get, rig.inNs({ kind: 'sts', name: 'db', output: 'yaml' }));
    expect(set).not.toContain('managedFields');
    for (const text of [secret, set]) expect(text).not.toContain(PASSWORD);
    expect(secret).not.toContain(Buffer.from(PASSWORD).toString('base64'));
  });

  it('names what could be meant, or where it is', async () => {
    const near = { code: 'not_found', hint: expect.stringContaining('Did you mean crasher') };
    await expect(runRead(get, rig.inNs({ kind: 'deploy', name: 'crashr' }), rig.deps)).rejects.toMatchObject(near);
    const elsewhere = { hint: expect.stringContaining(`It exists in: `) };
    await expect(runRead(get, { kind: 'sts', name: 'db', namespace: 'kube-public' }, rig.deps)).rejects.toMatchObject(
      elsewhere,
    );
    await expect(runRead(get, { kind: 'deploymnet' }, rig.deps)).rejects.toMatchObject({
      hint: expect.stringContaining('deployment'),
    });
  });

  it('refuses what it would otherwise leave out', async () => {
    const unclear = { code: 'invalid_input' };
    await expect(runRead(get, rig.inNs({ kind: 'pods', output: 'yaml' }), rig.deps)).rejects.toMatchObject(unclear);
    await expect(runRead(get, { kind: 'pod/db-0', all_namespaces: true }, rig.deps)).rejects.toMatchObject(unclear);
  });
});

describe('describe', () => {
  it("is kubectl's, without the values of secret variables", async () => {
    const text = await rig.read(describeTool, rig.inNs({ kind: 'pod', name: 'db-0' }));
    expect(text).toMatch(/DB_PASSWORD: +\*\*\*/);
    expect(text).toContain('QoS Class:');
    expect(text).not.toContain(PASSWORD);
  });

  it('is our own where kubectl does not work, and says so', async () => {
    const broken = async () => {
      throw new OpsError('rejected_by_backend', 'kubectl describe failed.', 'See whether it works in a terminal.');
    };
    const text = await rig.read(
      describeTool,
      rig.inNs({ kind: 'pod', name: 'db-0' }),
      depsFor(rig.lab.kubeconfig, { describe: broken }),
    );
    expect(text).toContain('kubectl does not work here: our own rendering');
    expect(text).toContain('Controlled by: StatefulSet/db');
  });

  it('is our own where there is no kubectl, with states, conditions and events', async () => {
    const without = depsFor(rig.lab.kubeconfig, { describe: async () => undefined });
    const text = await rig.read(describeTool, rig.inNs({ kind: 'pods', name: 'db-0' }), without);
    expect(text).toContain('there is no kubectl here');
    for (const part of ['Controlled by: StatefulSet/db', 'pg: ready', 'PodScheduled', 'Scheduled'])
      expect(text).toContain(part);
    expect(text).not.toContain(PASSWORD);
    const secret = await rig.read(describeTool, rig.inNs({ kind: 'secret', name: 'creds' }), without);
    expect(secret).toContain(`password: ${PASSWORD.length} bytes`);
  });
});

describe('a cluster that does not answer', () => {
  it('is named with its address and context, and what to do', async () => {
    const view = await kubectl(rig.lab, ['config', 'view', '--raw', '-o', 'json']);
    const file = join(await mkdtemp(join(tmpdir(), 'kubeconfig-')), 'config');
    await writeFile(file, view.replace(rig.lab.server, 'https://127.0.0.1:9'), { mode: 0o600 });
    await expect(runRead(get, { kind: 'pods' }, depsFor(file))).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('127.0.0.1:9 (context lab)'),
    });
  });
});
