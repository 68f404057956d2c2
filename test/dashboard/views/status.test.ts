import { describe, expect, it } from 'vitest';
import { bytes } from '../../../dashboard/views/graphics.tsx';
import type { Status } from '../../../shared/control-plane/status.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { get, planeOf } from './plane.ts';
import { STATUS } from './sample/status.ts';
import { NOW } from './sample/times.ts';

const NONE = { at: NOW, items: [] };
const EMPTY: Status = { at: NOW, by: 'daemon', nodes: NONE, pods: NONE, alerts: NONE, apps: NONE, trends: [] };
const show = async (status: Status) => (await get({ status }, '/')).html;

describe('the status view', () => {
  it('says that no status was published, when none was', async () => {
    expect((await get({}, '/')).html).toContain('No status has been published yet.');
  });

  it('does not say so when the store cannot be read', async () => {
    const status = () => Promise.reject(new OpsError('store_unavailable', 'The disk is full.', 'Free some space.'));
    const { status: code, html } = await get({}, '/', { board: { ...planeOf({}).board, status } });
    expect(code).toBe(503);
    expect(html).toContain('The status could not be read.');
    expect(html).not.toContain('No status has been published');
  });

  it('says that all is well only of what was seen lately', async () => {
    expect(await show(EMPTY)).toContain('<p class="empty">Every pod is ready.</p>');
    const old = await show({ ...EMPTY, pods: { at: NOW - 4 * 60_000, items: [] } });
    expect(old).not.toContain('<p class="empty">Every pod is ready.</p>');
    expect(old).toContain('When last seen: every pod is ready. What is true now is not known.');
    expect(old).toContain('<span class="badge warn">stale</span>');
  });

  it('takes a part whose last look failed for stale at once, and says why', async () => {
    const html = await show({ ...EMPTY, alerts: { at: NOW, error: 'Alertmanager did not answer.', items: [] } });
    expect(html).toContain('The last look failed: Alertmanager did not answer.');
    expect(html).toContain('When last seen: no alert is active.');
  });

  it('shows pressure, bars with their numbers, and a sparkline that can be read aloud', async () => {
    const html = await show(STATUS);
    expect(html).toContain('MemoryPressure');
    expect(html).toContain('aria-label="Memory 94 %"');
    expect(html).toContain('Memory 7.5 GiB of 8 GiB');
    expect(html).toContain('aria-label="Memory: now 79 %, lowest 68 %, highest 79 %"');
  });

  it('shows what the daemon does, and first what keeps it from doing more', async () => {
    const html = await show(STATUS);
    const part = html.slice(html.indexOf('id="daemon"'), html.indexOf('id="nodes"'));
    const order = ['Argo CD is not set up.', 'Set ARGOCD_SERVER', '2 notifications not sent', '$21.40 of $25.00'];
    const places = [...order, 'breaker open', 'failed three times', 'drives'].map((text) => part.indexOf(text));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    expect(part).toContain('href="/runs/run-7k2m4x9q1c"');
    expect(part).toContain('decide-action');
    expect(part).not.toContain('stale');
  });

  it('says of an old status that the daemon said so then, and of a breaker that is over nothing', async () => {
    const { daemon } = STATUS;
    if (daemon === undefined) throw new Error('the sample has a daemon');
    const breakers = [{ workflow: 'check', until: NOW - 1, reason: 'It had failed.' }];
    const html = await show({ ...EMPTY, at: NOW - 4 * 60_000, daemon: { ...daemon, runs: [], breakers } });
    expect(html).toContain('When last seen it drove no run.');
    expect(html).toContain('<span class="badge warn">stale</span>');
    expect(html).not.toContain('breaker open');
    expect(await show(EMPTY)).not.toContain('id="daemon"');
  });

  it('withstands numbers that are none of this world', async () => {
    const [node] = STATUS.nodes.items;
    if (node === undefined) throw new Error('the sample has a node');
    const html = await show({
      ...EMPTY,
      nodes: { at: 1e300, items: [{ ...node, cpu: { used: 5, of: 0 }, memory: { used: 1e300, of: 1 } }] },
      trends: [
        { name: 'flat', unit: 'count', points: [3, 3] },
        { name: 'none', unit: 'count', points: [] },
      ],
    });
    expect(html).toContain('pi5-a');
    expect(html).not.toContain('NaN');
  });

  it.each([
    [0, '0 B'],
    [1_023, '1023 B'],
    [1024 ** 2 * 850, '850 MiB'],
    [1024 ** 3 * 7.5, '7.5 GiB'],
  ])('writes %d bytes as %s', (value, text) => {
    expect(bytes(value)).toBe(text);
  });
});
