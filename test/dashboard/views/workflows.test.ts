import { describe, expect, it } from 'vitest';
import { get } from './plane.ts';
import { aRecord } from './sample/records.ts';
import { SAMPLE } from './sample/sample.ts';
import { NOW } from './sample/times.ts';
import { EVENTS } from './sample/workflows.ts';

const RUN = 'run-7k2m4x9q1c';

describe('the workflows view', () => {
  it('lists triggers, the next run and the last result', async () => {
    const { html } = await get(SAMPLE, '/workflows');
    for (const text of ['every 6 hours', 'in 2 h', 'succeeded', '/runs/run-1a9s8d7f6g', 'Has not run yet.'])
      expect(html).toContain(text);
  });

  it('says that none were published, when none were', async () => {
    expect((await get({}, '/workflows')).html).toContain('No workflows have been published yet.');
  });

  it('gives a plain form with every input, and says first what runs without asking', async () => {
    const { html } = await get(SAMPLE, '/workflows/pod-crashloop-remediation');
    expect(html).toContain('method="post" action="/api/inbox/manual"');
    expect(html).toContain('name="workflow" value="pod-crashloop-remediation"');
    expect(html).toMatch(/name="inputs.namespace" required/);
    expect(html).toMatch(/name="inputs.lines" aria-describedby/);
    expect(html.indexOf('without asking anybody')).toBeLessThan(html.indexOf('Run pod-crashloop-remediation<'));
    expect(html.indexOf('without asking anybody')).toBeGreaterThan(0);
  });

  it('shows a run that was asked for until the daemon takes it up', async () => {
    expect((await get(SAMPLE, '/workflows/pod-crashloop-remediation')).html).toContain(
      'not taken up by the daemon yet',
    );
    const taken = { ...SAMPLE, inbox: SAMPLE.inbox?.map((entry) => ({ ...entry, acknowledged: entry.version })) ?? [] };
    expect((await get(taken, '/workflows/pod-crashloop-remediation')).html).not.toContain('not taken up');
  });

  it('keeps the runs of a workflow that is not published any more', async () => {
    const { html } = await get({ rows: SAMPLE.rows ?? [] }, '/workflows/cluster-health-check');
    expect(html).toContain('not among the published workflows any more');
    expect(html).toContain('run-1a9s8d7f6g');
    expect((await get({}, '/workflows/nothing')).status).toBe(404);
  });
});

describe('a run', () => {
  it('is told from its trigger to its outcome, with its actions where they happened', async () => {
    const ended = {
      type: 'ended',
      at: NOW,
      status: 'failed',
      reason: 'step decide-action failed',
      outputs: {},
    } as const;
    const runs = { [RUN]: [...EVENTS, ended] };
    const { html } = await get({ ...SAMPLE, runs }, `/runs/${RUN}`);
    const timeline = html.slice(html.indexOf('Timeline'));
    const order = [
      'started by the alert KubePodCrashLooping',
      'get Pod in shop',
      'logs Pod/web',
      'step decide-action failed',
    ];
    const places = order.map((text) => timeline.indexOf(text));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places.every((place) => place >= 0)).toBe(true);
  });

  it('shows how far each step is', async () => {
    const { html } = await get(SAMPLE, `/runs/${RUN}`);
    const steps = html.slice(html.indexOf('<ol class="steps">'), html.indexOf('Timeline'));
    expect(steps.match(/badge \w+">\w+/g)).toEqual([
      'badge ok">done',
      'badge ok">done',
      'badge info">running',
      'badge mute">pending',
    ]);
  });

  it('shows the actions of a run whose events are not here', async () => {
    const { status, html } = await get({ records: [aRecord({ run: RUN })] }, `/runs/${RUN}`);
    expect(status).toBe(200);
    expect(html).toContain('No events of this run are here');
    expect(html).toContain('get Pod in shop');
  });

  it('lists the events of a run that does not add up, rather than fail', async () => {
    const { status, html } = await get({ runs: { [RUN]: EVENTS.slice(1) } }, `/runs/${RUN}`);
    expect(status).toBe(200);
    expect(html).toContain('holds its lock and begins');
  });
});
