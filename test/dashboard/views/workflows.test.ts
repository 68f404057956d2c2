import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../shared/workflow/events.ts';
import { get } from './plane.ts';
import { aRecord } from './sample/records.ts';
import { SAMPLE } from './sample/sample.ts';
import { NOW, VERIFIED_RUN } from './sample/times.ts';
import { EVENTS, VERIFIED_EVENTS } from './sample/workflows.ts';

const RUN = 'run-7k2m4x9q1c';

describe('the workflows view', () => {
  it('lists triggers, the next run and the last result', async () => {
    const { html } = await get(SAMPLE, '/workflows');
    for (const text of ['every 6 hours', 'in 2 h', 'succeeded', '/runs/run-1a9s8d7f6g', 'Has not run yet.'])
      expect(html).toContain(text);
  });

  it('says which does not start for a while, and why, and which last run did not help', async () => {
    for (const path of ['/workflows', '/workflows/cluster-health-check']) {
      const { html } = await get(SAMPLE, path);
      expect(html).toContain('breaker open');
      expect(html).toContain('It has failed three times in an hour.');
      expect(html).toContain('in 20 min');
      expect(html).toContain('Next run');
    }
    expect((await get(SAMPLE, '/workflows/rollback-app')).html).not.toContain('breaker open');
    expect((await get(SAMPLE, '/workflows/pod-crashloop-remediation')).html).toContain('did not help');
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

  it('says what each step took, and where all of it is told', async () => {
    const { html } = await get(SAMPLE, `/runs/${RUN}`);
    const steps = html.slice(html.indexOf('<ol class="steps">'), html.indexOf('Timeline'));
    expect(steps).toContain('$0.0625, 4 turns of sonnet, 1,200 tokens in, 340 out; 45,000 read from the cache');
    expect(steps).toContain(`Transcript at pi5-a-1733: <span class="mono">claude/projects/runs/${RUN}-diagnose.jsonl`);
    expect(steps).toMatch(/decide-action<\/span> at pi5-a-1733/);
    const facts = html.slice(0, html.indexOf('<ol class="steps">'));
    expect(facts).toContain('$0.56, 8 turns of sonnet, haiku, 2,400 tokens in');
    expect(facts).toContain('<dt>Alerts</dt><dd>2 alerts, 1 still fires</dd>');
    expect(facts).toContain('<dt>Daemon</dt><dd>pi5-a-1733</dd>');
  });

  it('says before anything else whether what it changed has helped', async () => {
    const shown = async (events = VERIFIED_EVENTS) =>
      (await get({ runs: { [VERIFIED_RUN]: events } }, `/runs/${VERIFIED_RUN}`)).html;
    const html = await shown();
    expect(html).toMatch(
      /<p class="note bad"[^>]*><span class="badge bad">did not help<\/span> KubePodCrashLooping still/,
    );
    expect(html.indexOf('did not help')).toBeLessThan(html.indexOf('class="facts"'));
    expect(await shown(VERIFIED_EVENTS.slice(0, -2))).toContain('the daemon looks whether that has helped');
    expect(await shown(VERIFIED_EVENTS.toSpliced(-2, 1))).toContain('nobody has looked whether that helped');
    expect(await shown(VERIFIED_EVENTS.slice(0, 3))).not.toContain('not verified');
  });

  it('says that its alerts have resolved, also where they did after its end', async () => {
    const [created] = VERIFIED_EVENTS;
    const alert = created?.type === 'created' ? created.cause.alert : undefined;
    if (alert === undefined) throw new Error('no alert has started it');
    const resolved = { type: 'alert-resolved', at: NOW, alert, left: 0 } as const;
    const shown = async (...events: RunEvent[]) =>
      (await get({ runs: { [VERIFIED_RUN]: events } }, `/runs/${VERIFIED_RUN}`)).html;
    expect(await shown(...VERIFIED_EVENTS.toSpliced(-2, 0, resolved))).toContain('<dd>1 alert, all resolved</dd>');
    const late = await shown(...VERIFIED_EVENTS, resolved);
    expect(late).toContain('<dd>1 alert, all resolved after its end</dd>');
    expect(late).toContain('<dt>Took</dt><dd>17 min</dd>');
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
