import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LabInfo } from '../../lab/index.ts';
import { kubectl } from '../../lab/kubectl-exec.ts';
import { pathsIn } from '../../shared/kernel/paths.ts';
import { tempFolder } from '../support/gate-rig.ts';
import { freshNamespace, labForTests } from '../support/lab.ts';
import { connect2026 } from '../support/mcp/connect-2026.ts';
import { kubectlServer } from '../support/server.ts';

let lab: LabInfo;
let namespace: string;

beforeAll(async () => {
  lab = await labForTests();
  namespace = await freshNamespace(lab, 'disk');
  await kubectl(lab, ['-n', namespace, 'create', 'deployment', 'web', '--image=registry.example.invalid/web:1']);
});

const replicas = () => kubectl(lab, ['-n', namespace, 'get', 'deployment', 'web', '-o', 'jsonpath={.spec.replicas}']);

/** `/dev/full` takes nothing (ENOSPC); nobody, root included, can make a file in `/sys`. */
const FAULTS: readonly [name: string, message: string, prepare: (home: string) => void][] = [
  [
    'a full disk',
    'ENOSPC',
    (home) => {
      mkdirSync(pathsIn(home).actionLogs, { recursive: true });
      for (const day of [0, 1]) {
        const name = new Date(Date.now() + day * 86_400_000).toISOString().slice(0, 10);
        symlinkSync('/dev/full', join(pathsIn(home).actionLogs, `${name}-actions.jsonl`));
      }
    },
  ],
  [
    'a read-only log folder',
    'EACCES',
    (home) => {
      mkdirSync(join(home, 'logs'), { recursive: true });
      symlinkSync('/sys/kernel', pathsIn(home).actionLogs);
    },
  ],
];

describe.each(FAULTS)('on %s', (_, message, prepare) => {
  it('a change is refused with the reason, and a read answers with a warning', async () => {
    const home = join(tempFolder(), '.claude');
    prepare(home);
    const onElicit = () => ({ action: 'accept', content: { decision: 'approve' } }) as const;
    const client = await connect2026({ ...kubectlServer({ home, kubeconfig: lab.kubeconfig }), onElicit });
    const change = await client.call('scale', {
      kind: 'deployment',
      name: 'web',
      namespace,
      replicas: 9,
      why: 'the disk is full',
    });
    expect(change.isError).toBe(true);
    expect(change.text).toContain(message);
    expect(change.text).toContain('Nothing is changed without a record.');
    expect(await replicas()).toBe('1');
    const read = await client.call('get', { kind: 'nodes' });
    await client.close();
    expect(read.isError).toBe(false);
    expect(read.text).toMatch(/^Warning: this call could not be written to the audit log\.[\s\S]*pi3/);
  });
});
