import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WholeLabInfo } from '../../../lab/index.ts';
import { writeSeries } from '../../../lab/past/remote-write.ts';
import { wholeLabForTests } from '../../support/lab.ts';
import { prometheusRig } from '../../support/prometheus-rig.ts';
import type { ToolRig } from '../../support/tool-rig.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Vitest called by hand keeps the lab, and with it the samples of earlier runs. */
const RUN = Date.now().toString(36);

let lab: WholeLabInfo;
let rig: ToolRig;
const text = async (tool: string, input: object = {}) => (await rig.call(tool, input)).text;
const eventually = (expectation: () => Promise<void>) => vi.waitFor(expectation, { timeout: 40_000, interval: 500 });

const every = (from: number, to: number, step: number) =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);

beforeAll(async () => {
  lab = await wholeLabForTests();
});
beforeEach(() => {
  rig = prometheusRig({ prometheus: lab.prometheus.url, alertmanager: lab.alertmanager.url });
});

/** An alert of a test's own, as Prometheus sends them. */
async function alarm(alertname: string, labels: object = {}): Promise<void> {
  const response = await fetch(`${lab.alertmanager.url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([
      { labels: { alertname, severity: 'critical', ...labels }, annotations: { summary: 'It is broken.' } },
    ]),
  });
  if (!response.ok) throw new Error(await response.text());
}

describe('query', () => {
  it('shows values in their unit, the largest first, with the labels that differ', async () => {
    await eventually(async () =>
      expect(await text('query', { query: 'kube_node_info * 0 + 1.5' })).toMatch(
        /^3 series[\s\S]*VALUE +SERIES\n1\.5 +.*node="pi/,
      ),
    );
    expect(await text('query', { query: 'sum by (namespace) (container_memory_working_set_bytes)', limit: 2 })).toMatch(
      /The 2 largest are shown[\s\S]*\d+(\.\d+)?Mi +\{namespace="/,
    );
    expect(await text('query', { query: '1 + 1' })).toMatch(/1 series\.[\s\S]*\n2 +\{\}/);
    // Label values come from outside: between the marks, even where all series share them.
    expect(await text('query', { query: 'up{job="kubelet"}' })).toMatch(
      /^\d series\.\n<data call-\w+>\nall: up\{.*job="kubelet"/,
    );
  });

  it('hands on what Prometheus remarks', async () => {
    expect(await text('query', { query: 'rate(kube_node_info[5m])' })).toMatch(
      /note: .*metric might not be a counter.*kube_node_info/,
    );
  });

  it.each([
    [
      'sum(rate(up[5m])',
      /The PromQL is wrong at line 1, column 17: parse error: unclosed left parenthesis\.\nsum\(rate\(up\[5m\]\)\n {16}\^/,
    ],
    ['up{job="a"} +', /column 14: parse error: unexpected end of input\.\nup\{job="a"\} \+\n {13}\^/],
  ])('shows the place where %s is wrong', async (query, message) => {
    expect(await rig.call('query', { query })).toMatchObject({ isError: true, text: expect.stringMatching(message) });
  });

  it('says why nothing came', async () => {
    expect(await text('query', { query: 'upp' })).toMatch(/there is no metric "upp"[\s\S]*\nnearest: up,/);
    expect(await text('query', { query: 'up{job="nobody"}' })).toMatch(
      /no series of up has job="nobody"\.[\s\S]*job is one of: .*kubelet/,
    );
    expect(await text('query', { query: 'up{planet="mars"}' })).toMatch(/up has no label planet/);
    expect(await text('query', { query: 'up > 5' })).toMatch(/none passes the conditions/);
  });

  it('says when series have ended', async () => {
    const now = Date.now();
    const times = every(now - 90 * MINUTE, now - 30 * MINUTE, MINUTE);
    const labels = { __name__: 'test_ended', id: String(now) };
    await writeSeries(lab.prometheus, [{ labels, times, value: () => 1 }]);
    expect(await text('query', { query: `test_ended{id="${now}"}` })).toMatch(
      /had its last sample (29|30|31)m before\. What exposes it is gone/,
    );
    expect(await text('query_range', { query: `test_ended{id="${now}"}`, since: '2h' })).toMatch(
      / +ends \d\d:\d\d +test_ended/,
    );
  });
});

describe('query_range', () => {
  it('gives statistics, gaps and points of what was written, and a chart when asked', async () => {
    const now = Date.now();
    const times = [...every(now - 60 * MINUTE, now - 40 * MINUTE, MINUTE), ...every(now - 20 * MINUTE, now, MINUTE)];
    const value = (at: number) => 100 + (at - now) / MINUTE;
    await writeSeries(lab.prometheus, [{ labels: { __name__: 'test_level_bytes', tank: RUN }, times, value }]);
    const answer = await rig.call('query_range', {
      query: `test_level_bytes{tank="${RUN}"}`,
      since: '1h',
      step: '1m',
      chart: true,
    });
    expect(answer.text).toMatch(/^1 series, .*step 60s\./);
    expect(answer.text).toMatch(
      /MIN +MEAN +MAX +LAST +SLOPE\/H +GAPS +SERIES\n4\d(\.\d+)? .* (100|99(\.\d+)?) +(60|59(\.\d+)?) +1 \(1[0-9]m\) +test_level_bytes\{tank="\w+"\}/,
    );
    expect(answer.image).toMatchObject({ mimeType: 'image/png' });
    const png = Buffer.from(answer.image?.base64 ?? '', 'base64');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBe(900);
    expect(png.length).toBeGreaterThan(5000);
  });

  it('refuses more points than Prometheus gives', async () => {
    expect(await text('query_range', { query: 'up', since: '30d', step: '15s' })).toMatch(
      /more than 11000 points over 30d, which Prometheus refuses\. Take a step of at least/,
    );
  });
});

describe('trend and anomalies', () => {
  it('say when a limit is reached', async () => {
    const now = Date.now();
    const value = (at: number) => 1e9 - ((now - at) / MINUTE) * 1e6;
    await writeSeries(lab.prometheus, [
      { labels: { __name__: 'test_disk_bytes', disk: RUN }, times: every(now - 120 * MINUTE, now, MINUTE), value },
    ]);
    expect(await text('trend', { query: `test_disk_bytes{disk="${RUN}"}`, limit: 1.06e9, since: '2h' })).toMatch(
      /rising \(steadily\), reaches 101[01](\.\d+)?Mi in (59|60|61)m[\s\S]*in (59|60|61)m \(.*\) +high +test_disk_bytes\{disk="\w+"\}/,
    );
  });

  it('find a workload whose memory is not what it was at this hour on other days, and no other', async () => {
    const now = Date.now();
    const pod = (name: string) => ({
      __name__: 'container_memory_working_set_bytes',
      namespace: `test-past-${RUN}`,
      pod: `${name}-6d4cf56db6-x7z2k`,
      container: name,
    });
    const times = every(now - 6 * DAY, now - 2 * MINUTE, 5 * MINUTE);
    const usual = (at: number) => 2 ** 30 * (1 + 0.02 * Math.sin(at / DAY));
    await writeSeries(lab.prometheus, [
      { labels: pod('calm'), times, value: usual },
      { labels: pod('leaky'), times, value: (at) => (at > now - 90 * MINUTE ? 3 : 1) * usual(at) },
    ]);
    const found = await text('anomalies', { signals: ['memory'], namespace: `test-past-${RUN}` });
    expect(found).toMatch(
      /^1 anomaly in 1h[\s\S]*memory +(3(\.\d+)?|2\.9\d*)Gi +(1(\.\d+)?Gi|10\d\d(\.\d+)?Mi) +(3\.\d|2\.9)× +\d+σ +(high|medium) +[56] +\{namespace="test-past-\w+", workload="leaky"\}/,
    );
    expect(found).not.toContain('calm');
  });

  it('find a workload that restarts now and then, which most of the hour does not show', async () => {
    const now = Date.now();
    const labels = {
      __name__: 'kube_pod_container_status_restarts_total',
      namespace: `test-restarts-${RUN}`,
      pod: 'shaky-6d4cf56db6-x7z2k',
      container: 'shaky',
    };
    const times = every(now - 6 * DAY, now - MINUTE, 5 * MINUTE);
    const restarts = (at: number) => Math.max(0, Math.floor((at - (now - 60 * MINUTE)) / (10 * MINUTE)));
    await writeSeries(lab.prometheus, [{ labels, times, value: restarts }]);
    expect(await text('anomalies', { signals: ['restarts'], namespace: `test-restarts-${RUN}` })).toMatch(
      /restarts +[4-7](\.\d+)? +0 +new +\d+σ +high +[56] +\{namespace="test-restarts-\w+", workload="shaky"\}/,
    );
  });

  it('say that there is not enough history instead of guessing', async () => {
    await writeSeries(lab.prometheus, [
      {
        labels: {
          __name__: 'container_memory_working_set_bytes',
          namespace: `test-young-${RUN}`,
          pod: 'new-6d4cf56db6-x7z2k',
          container: 'new',
        },
        times: every(Date.now() - 60 * MINUTE, Date.now(), MINUTE),
        value: () => 1e9,
      },
    ]);
    expect(await text('anomalies', { signals: ['memory'], namespace: `test-young-${RUN}` })).toMatch(
      /^Nothing unusual .* without 3 days of history/,
    );
  });
});

describe('what there is', () => {
  it('finds metrics by words, with type and labels', async () => {
    expect(await text('find_metrics', { words: 'deployment replicas available' })).toMatch(
      /kube_deployment_status_replicas_available +gauge +- +\d+ +.*deployment.*namespace/,
    );
    expect(await text('find_metrics', { words: 'zebra' })).toMatch(/^None of \d+ metrics has all of: zebra/);
  });

  it('lists rules and targets', async () => {
    expect(await text('rules', { filter: 'KubePodCrashLooping' })).toMatch(
      /1 rule of \d+, \d+ broken\.[\s\S]*KubePodCrashLooping +\w+ +ok +\d+s +max_over_time/,
    );
    await eventually(async () => expect(await text('targets')).toMatch(/\d+ targets, 0 not up\.[\s\S]*up +prometheus/));
  });
});

describe('alerts and silences', () => {
  it('are one list of what fires, is silenced, and by what', async () => {
    await eventually(async () => expect(await text('alerts')).toMatch(/none +Watchdog +firing/));
    await alarm('TestMuted', { namespace: 'shop' });
    const input = { matchers: ['alertname="TestMuted"', 'namespace=~"sh.p"'], duration: '2h' };
    await rig.call('create_silence', input);
    const approval = await rig.pending();
    expect(approval).toMatchObject({ change: 'mutes 1 alert (TestMuted) for 2h', risk: '1 critical alert among them' });
    expect(approval.details).toMatch(/mutes now:\n {2}critical firing \{alertname="TestMuted"/);
    const id = /Silence (\w{8}) is in force/.exec((await rig.approved('create_silence', input)).text)?.[1];
    await eventually(async () =>
      expect(await text('alerts', { filter: 'TestMuted' })).toMatch(new RegExp(`TestMuted +silenced by ${id}`)),
    );
    expect(await text('silences')).toMatch(
      new RegExp(
        `${id} +active +\\S+ +k8s-agent-orchestrator +alertname="TestMuted", namespace=~"sh.p" +a test needs it \\(record call-`,
      ),
    );
    await rig.call('expire_silence', { id });
    expect(await rig.pending()).toMatchObject({ change: '1 alert heard again' });
    await rig.approved('expire_silence', { id });
    await eventually(async () => expect(await text('alerts', { filter: 'TestMuted' })).toMatch(/TestMuted +firing/));
    expect(await text('expire_silence', { id })).toMatch(/No silence that is in force has the id/);
  });

  it.each([
    [{ matchers: ['alertname=~".+"'], duration: '1h' }, /far more than one problem/],
    [{ matchers: ['alertname="A"'], duration: '25h' }, /25h is longer than 24h/],
    [{ matchers: ['everything'], duration: '1h' }, /is no matcher\. Write label="value"/],
  ])('refuse %j before anybody is asked', async (input, message) => {
    expect(await text('create_silence', input)).toMatch(message);
    expect(await rig.approvals.list({})).toEqual([]);
  });

  it('name the Watchdog, and what is about this system, among what would be mute', async () => {
    await eventually(async () => expect(await text('alerts')).toMatch(/Watchdog firing/));
    await rig.call('create_silence', { matchers: ['alertname="Watchdog"'], duration: '1h' });
    expect(await rig.pending()).toMatchObject({ risk: expect.stringContaining('the Watchdog too') });
    rig = prometheusRig({ prometheus: lab.prometheus.url, alertmanager: lab.alertmanager.url });
    await rig.call('create_silence', { matchers: ['namespace="k8s-agent"'], duration: '1h' });
    expect(await rig.pending()).toMatchObject({ risk: expect.stringContaining('alerts about this system itself') });
  });

  it('show alerts of one kind together', async () => {
    const namespace = `many-${Date.now()}`;
    for (const pod of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) await alarm('TestMany', { namespace, pod });
    await eventually(async () =>
      expect(await text('alerts', { filter: namespace })).toMatch(
        /critical TestMany firing \(7\)\n( {2}\d+s \{.*pod="[a-g]".*It is broken\.\n){5} {2}and 2 more/,
      ),
    );
  });

  it('are void when other alerts would be muted than those that were shown', async () => {
    const namespace = `void-${Date.now()}`;
    await alarm('TestOne', { namespace });
    const input = { matchers: [`namespace="${namespace}"`], duration: '1h' };
    await rig.call('create_silence', input);
    const first = await rig.pending();
    await rig.approvals.settle(first.id, { decision: 'approve', by: 'anna', via: 'cli' });
    await alarm('TestTwo', { namespace });
    await eventually(async () => expect(await text('alerts', { filter: namespace })).toContain('TestTwo'));
    expect(await text('create_silence', input)).toMatch(/^Waiting for a person.*TestOne, TestTwo/);
    expect(await rig.approvals.get(first.id)).toMatchObject({ state: 'void' });
  });

  it('say which of the two servers is missing, and go on with the other', async () => {
    rig = prometheusRig({ prometheus: lab.prometheus.url });
    expect(await text('alerts')).toMatch(
      /Missing: No address of Alertmanager is set\. Set the address of Alertmanager\.[\s\S]*Watchdog/,
    );
    rig = prometheusRig({ alertmanager: lab.alertmanager.url });
    expect(await text('alerts')).toMatch(/Missing: No address of Prometheus is set/);
    expect((await rig.call('query', { query: 'up' })).text).toMatch(/^No address of Prometheus is set/);
  });
});
