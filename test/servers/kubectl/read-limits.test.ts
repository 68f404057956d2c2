import { describe, expect, it } from 'vitest';
import { fetchUsage } from '../../../servers/kubectl/metrics.ts';
import { listAll } from '../../../shared/cluster/lists.ts';
import { readLog } from '../../../shared/cluster/log.ts';
import type { HttpRequest, HttpResponse } from '../../../shared/http/send.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';

const { signal } = new AbortController();
const pods = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  names: ['pods'],
  namespaced: true,
  verbs: [],
  subresources: [],
};

const reply = (text: string, status = 200): HttpResponse => ({ status, text, cut: false, warnings: [] });

describe('a log that is too large', () => {
  /** As the API does it: the newest lines that are asked for, cut at their newest end. */
  function logOf(all: readonly string[], asked: number[]) {
    const send = async ({ query }: HttpRequest) => {
      asked.push(Number(query?.tailLines));
      return reply(all.slice(-Number(query?.tailLines)).join('\n').slice(0, Number(query?.limitBytes)));
    };
    const query = {
      pod: { resource: pods, namespace: 'shop', name: 'web-1' },
      container: 'app',
      previous: false,
      timestamps: false,
      since: undefined,
    };
    return readLog({ send }, { ...query, lines: 2_000 }, signal);
  }

  it('is read again with fewer lines, so that the newest are not lost', async () => {
    const asked: number[] = [];
    const { lines, more } = await logOf(
      Array.from({ length: 2_000 }, (_, i) => `${i} ${'x'.repeat(1_500)}`),
      asked,
    );
    expect(asked).toHaveLength(2);
    expect(lines.at(-1)).toMatch(/^1999 /);
    expect(more).toBe(true);
  });

  it('is asked for a few times only', async () => {
    const asked: number[] = [];
    await logOf(['x'.repeat(9_000_000)], asked);
    expect(asked).toHaveLength(4);
  });
});

describe('a long list', () => {
  const page = (names: readonly string[], token?: string) => ({
    items: names.map((name) => ({ metadata: { name } })),
    metadata: { continue: token },
  });
  const list = (pages: readonly (() => object)[], cap = 100) => {
    let turn = 0;
    const getJson = async () => ({ ...pages[turn++]?.() });
    return listAll({ getJson }, { resource: pods, cap }, signal);
  };
  const gone = () => {
    throw new OpsError('conflict', 'list pods: the provided continue parameter is too old (HTTP 410).', '');
  };

  it('is read page by page', async () => {
    const { items, cut } = await list([() => page(['a', 'b'], 'next'), () => page(['c'])]);
    expect(items.map(({ metadata }) => metadata)).toEqual([{ name: 'a' }, { name: 'b' }, { name: 'c' }]);
    expect(cut).toBe(false);
  });

  it('ends at the cap, and says that there is more', async () => {
    const { items, cut } = await list([() => page(['a', 'b'], 'next')], 2);
    expect([items.length, cut]).toEqual([2, true]);
  });

  it('keeps what it has when the token grows too old, and fails where it has nothing', async () => {
    const { items, cut } = await list([() => page(['a'], 'next'), gone]);
    expect([items.length, cut]).toEqual([1, true]);
    await expect(list([gone])).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('usage', () => {
  const usage = (status: number) =>
    fetchUsage(
      { send: async () => reply('{"items":[]}', status), getJson: async () => ({ items: [] }) },
      { resource: pods, namespace: 'shop', labels: undefined },
      signal,
    );

  it('that nothing measures is answered with what to install or to wait for', async () => {
    await expect(usage(404)).rejects.toMatchObject({
      code: 'precondition_failed',
      hint: expect.stringContaining('install metrics-server'),
    });
    await expect(usage(503)).rejects.toMatchObject({
      code: 'precondition_failed',
      hint: expect.stringContaining('a minute'),
    });
    expect(await usage(200)).toEqual([]);
  });
});
