import { describe, expect, it } from 'vitest';
import { parseFilter, queryText } from '../../../dashboard/views/filters.ts';
import type { ActionFilter } from '../../../shared/control-plane/ports.ts';
import { get, planeOf } from './plane.ts';
import { aRecord } from './sample/records.ts';
import { NOW } from './sample/times.ts';

/** The history of nothing, and the filter that it was asked with. */
async function filterOf(query: string): Promise<ActionFilter | undefined> {
  let asked: ActionFilter | undefined;
  const { actions } = planeOf({});
  const list = async (filter?: ActionFilter) => {
    asked = filter;
    return { records: [] };
  };
  await get({}, `/history${query}`, { actions: { ...actions, list } });
  return asked;
}

const intent = (change = {}) => aRecord({ phase: 'intent', call: 'call-x', tool: 'scale', ...change });

describe('the history', () => {
  it('asks for what the form says, and for nothing that was left empty', async () => {
    const query =
      '?agent=git-operator&workflow=&tier=confirm&tool=scale&outcome=unknown&text=web&from=2026-11-24T06:00&until=';
    expect(await filterOf(query)).toEqual({
      ...{ agent: 'git-operator', tier: 'confirm', tool: 'scale', outcome: 'unknown', text: 'web' },
      from: Date.UTC(2026, 10, 24, 6, 0),
    });
  });

  it.each(['?tier=nonsense', '?outcome=good', '?from=yesterday', `?text=${'x'.repeat(201)}`])(
    'says what is wrong with %s instead of showing something else',
    async (query) => {
      const { status, html } = await get({ records: [aRecord()] }, `/history${query}`);
      expect(status).toBe(400);
      expect(html).toContain('This filter cannot be applied');
      expect(html).not.toContain('<ol class="log">');
    },
  );

  it('keeps what was asked in the form, and in the links to more of it', async () => {
    const records = Array.from({ length: 51 }, (_, index) => aRecord({ minutesAgo: index }));
    const { html } = await get({ records }, '/history?tool=get&outcome=ok');
    expect(html).toContain('<option value="ok" selected="">');
    expect(html).toContain('href="/history?tool=get&amp;outcome=ok&amp;before=50"');
    expect(html).toContain('href="/history.jsonl?tool=get&amp;outcome=ok"');
  });

  it('shows a change once: its outcome, and not its intent as well', async () => {
    const records = [aRecord({ call: 'call-x', tool: 'scale' }), intent({ minutesAgo: 2 })];
    expect((await get({ records }, '/history')).html.match(/<li id="ac-/g)).toHaveLength(1);
  });

  it('finds an outcome that is on the page before', async () => {
    const others = Array.from({ length: 49 }, () => aRecord());
    const records = [
      aRecord({ call: 'call-x', tool: 'scale' }),
      ...others,
      intent({ minutesAgo: 2 }),
      aRecord({ minutesAgo: 3 }),
    ];
    expect((await get({ records }, '/history?before=50')).html.match(/<li id="ac-/g)).toHaveLength(1);
  });

  it('takes a change without an outcome for begun, and half an hour later for unknown', async () => {
    const { outcome: _, ...begun } = intent({ minutesAgo: 2 });
    const { outcome: __, ...lost } = intent({ minutesAgo: 31 });
    expect((await get({ records: [begun] }, '/history')).html).toContain('<span class="badge info">begun</span>');
    const { html } = await get({ records: [lost] }, '/history');
    expect(html).toContain('<span class="badge loud">unknown</span>');
    expect(html).toContain('Outcome unknown: it may have run.');
  });

  it('says of what a run did whether it has helped', async () => {
    const row = { workflow: 'check', status: 'succeeded', createdAt: 1, updatedAt: 1 } as const;
    const rows = [
      { ...row, run: 'run-a', verified: 'cleared' as const },
      { ...row, run: 'run-b', verified: 'not-cleared' as const },
      { ...row, run: 'run-c' },
    ];
    const shown = async (run: string) => (await get({ rows, records: [aRecord({ run })] }, '/history')).html;
    expect(await shown('run-a')).toContain('<span class="badge ok">verified</span>');
    expect(await shown('run-b')).toContain('<span class="badge bad">did not help</span>');
    for (const run of ['run-c', 'constructor']) expect(await shown(run)).not.toMatch(/>verified<|did not help/);
  });

  it('says whether the chains are whole, and where one is not', async () => {
    const chain = { writer: 'kubectl-1', records: 12, lastAt: new Date(NOW).toISOString() };
    expect((await get({ chains: [chain] }, '/history')).html).toContain('chain verified</span> 12 records of 1 writer');
    const { html } = await get({ chains: [{ ...chain, brokenAt: 7 }] }, '/history');
    expect(html).toContain('chain broken');
    expect(html).toContain('kubectl-1: record 7');
    expect(html).not.toContain('chain verified');
  });

  it('tells an empty log from a filter that finds nothing', async () => {
    expect((await get({}, '/history')).html).toContain('Nothing has been logged yet.');
    expect((await get({}, '/history?tool=scale')).html).toContain('Nothing matches this.');
  });
});

describe('the export', () => {
  it('is every record of the filter as it was logged, one a line', async () => {
    const hidden = aRecord({ minutesAgo: 9, outcome: { status: 'ok', message: 'a\u202eb', durationMs: 1 } });
    const records = [...Array.from({ length: 1_200 }, () => aRecord()), hidden];
    const { html, headers } = await get({ records }, '/history.jsonl?tool=get');
    const lines = html
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual(records);
    expect(headers.get('content-disposition')).toContain('attachment');
  });

  it('refuses a filter that is none', async () => {
    expect((await get({}, '/history.jsonl?tier=x')).status).toBe(400);
  });
});

describe('a filter', () => {
  it('leaves out what it does not know', () => {
    expect(parseFilter({ evil: '1', limit: '100000', tool: 'get' })).toEqual({ filter: { tool: 'get' } });
    expect(queryText({ evil: '1', tool: 'a&b' })).toBe('?tool=a%26b');
  });
});
