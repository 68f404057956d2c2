import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LabInfo } from '../../lab/index.ts';
import { kubectl } from '../../lab/kubectl-exec.ts';
import { readRecords, tempFolder } from '../support/gate-rig.ts';
import { freshNamespace, labForTests } from '../support/lab.ts';
import type { FormAnswer, McpClient, OnElicit } from '../support/mcp/client.ts';
import { connect2025 } from '../support/mcp/connect-2025.ts';
import { connect2026 } from '../support/mcp/connect-2026.ts';
import { kubectlServer } from '../support/server.ts';

let lab: LabInfo;
let namespace: string;

beforeAll(async () => {
  lab = await labForTests();
  namespace = await freshNamespace(lab, 'protocol');
  await kubectl(lab, ['-n', namespace, 'create', 'deployment', 'web', '--image=registry.example.invalid/web:1']);
});

const replicas = () => kubectl(lab, ['-n', namespace, 'get', 'deployment', 'web', '-o', 'jsonpath={.spec.replicas}']);
const scaleTo = (count: number) => ({
  kind: 'deployment',
  name: 'web',
  namespace,
  replicas: count,
  why: 'a test of the protocol',
});

describe.each([
  ['2025-11-25 (SDK 1.x)', connect2025],
  ['2026-07-28 (SDK 2.x)', connect2026],
])('a client of protocol %s', (version, connect) => {
  async function withServer<T>(
    onElicit: OnElicit | undefined,
    use: (client: McpClient, home: string) => Promise<T>,
  ): Promise<T> {
    const home = join(tempFolder(), '.claude');
    const client = await connect({
      ...kubectlServer({ home, kubeconfig: lab.kubeconfig }),
      ...(onElicit && { onElicit }),
    });
    try {
      return await use(client, home);
    } finally {
      await client.close();
    }
  }
  const answer =
    (given: FormAnswer, delayMs = 350): OnElicit =>
    async () => {
      // A person takes longer than the 300 ms below which a decline is no answer.
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      return given;
    };

  it('speaks that protocol, and sees every tool with annotations', () =>
    withServer(undefined, async (client) => {
      expect(version).toContain(client.protocolVersion);
      const tools = await client.listTools();
      expect(tools.find(({ name }) => name === 'get')?.annotations).toMatchObject({ readOnlyHint: true });
      expect(tools.find(({ name }) => name === 'delete')?.annotations).toMatchObject({ destructiveHint: true });
    }));

  it('gets an answer to a read at once', () =>
    withServer(undefined, async (client, home) => {
      const { text, isError } = await client.call('get', { kind: 'nodes' });
      expect(isError).toBe(false);
      expect(text).toMatch(/^\d nodes\.[\s\S]*pi3 +Ready/);
      expect(readRecords(join(home, 'logs', 'actions'))).toMatchObject([{ tool: 'get', approval: { type: 'auto' } }]);
    }));

  it('is asked in four rows, and the change runs once after "approve"', async () => {
    await kubectl(lab, ['-n', namespace, 'scale', 'deployment/web', '--replicas=1']);
    const asked: string[] = [];
    await withServer(
      (form) => {
        asked.push(form.message);
        return { action: 'accept', content: { decision: 'approve' } };
      },
      async (client, home) => {
        expect(await client.call('scale', scaleTo(2))).toMatchObject({ isError: false });
        expect(asked).toHaveLength(1);
        expect(asked[0]?.split('\n')).toHaveLength(4);
        expect(await replicas()).toBe('2');
        expect(readRecords(join(home, 'logs', 'actions')).map(({ phase }) => phase)).toEqual(['intent', 'outcome']);
      },
    );
  });

  it.each<[string, FormAnswer, string]>([
    ['reject', { action: 'accept', content: { decision: 'reject', reason: 'too late at night' } }, 'too late at night'],
    ['decline', { action: 'decline' }, 'A person rejected this'],
    ['cancel', { action: 'cancel' }, 'Waiting for a person'],
  ])('changes nothing after a %s', async (_, given, text) => {
    const before = await replicas();
    await withServer(answer(given), async (client) => {
      expect((await client.call('scale', scaleTo(7))).text).toContain(text);
    });
    expect(await replicas()).toBe(before);
  });

  it('changes nothing after a decline that no person could have typed', async () => {
    await withServer(answer({ action: 'decline' }, 0), async (client) => {
      expect((await client.call('scale', scaleTo(7))).text).toContain('Waiting for a person');
    });
  });

  it('that cannot ask leaves the change pending', async () => {
    const before = await replicas();
    await withServer(undefined, async (client) => {
      expect((await client.call('scale', scaleTo(7))).text).toMatch(/k8s-agent approve ap-\w{10}/);
    });
    expect(await replicas()).toBe(before);
  });

  it('that cancels while the question is open is not served by a late yes', async () => {
    const before = await replicas();
    const abort = new AbortController();
    const asked = Promise.withResolvers<void>();
    const late = Promise.withResolvers<FormAnswer>();
    await withServer(
      () => {
        asked.resolve();
        return late.promise;
      },
      async (client, home) => {
        const call = client.call('scale', scaleTo(7), { signal: abort.signal });
        await asked.promise;
        abort.abort();
        await expect(call).rejects.toThrow();
        late.resolve({ action: 'accept', content: { decision: 'approve' } });
        // A round trip later everything that was sent has been handled.
        await client.call('get', { kind: 'nodes' });
        expect(readRecords(join(home, 'logs', 'actions')).filter(({ phase }) => phase === 'intent')).toEqual([]);
      },
    );
    expect(await replicas()).toBe(before);
  });

  it('is refused what is forbidden, with rule and advice', () =>
    withServer(undefined, async (client) => {
      const { text, isError } = await client.call('drain', { name: 'pi5-b', why: 'a test of the protocol' });
      expect(isError).toBe(true);
      expect(text).toMatch(/^Refused by "drain" \(default\): A person can do it/);
    }));

  it('is told the known parameters when it invents one', () =>
    withServer(undefined, async (client) => {
      expect((await client.call('get', { kind: 'pods', nmespace: 'x' })).text).toMatch(
        /nmespace.*Known parameters: kind, name, namespace/,
      );
    }));
});
