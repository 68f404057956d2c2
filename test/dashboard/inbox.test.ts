import { expect, it } from 'vitest';
import { MAX_BODY } from '../../shared/control-plane/api.ts';
import { bearer, type DashboardRig, startDashboard } from '../support/dashboard.ts';

const TOKEN = 'the token of Alertmanager';
const PATH = '/api/inbox/alertmanager';

const startInbox = () => startDashboard({ alertmanagerToken: async () => TOKEN });

function anAlert(change: { readonly name?: string; readonly status?: string; readonly startsAt?: string } = {}) {
  const { name = 'KubePodCrashLooping', status = 'firing', startsAt = '2026-11-24T06:00:00Z' } = change;
  return {
    ...{ status, startsAt, endsAt: status === 'resolved' ? '2026-11-24T06:05:00Z' : '0001-01-01T00:00:00Z' },
    labels: { alertname: name, namespace: 'shop' },
    annotations: { summary: 'it crashes' },
    ...{ generatorURL: 'http://prometheus.example/graph', fingerprint: `print-${name}` },
  };
}

/** As Alertmanager 0.28 sends it. */
function aPayload(...alerts: object[]) {
  return {
    ...{ version: '4', groupKey: '{}:{alertname="x"}', truncatedAlerts: 0, status: 'firing', receiver: 'k8s-agent' },
    ...{ groupLabels: {}, commonLabels: {}, commonAnnotations: {}, externalURL: 'http://alertmanager.example', alerts },
  };
}

const send = (rig: DashboardRig, body: object, headers: Readonly<Record<string, string>> = bearer(TOKEN)) =>
  rig.ask(PATH, { method: 'POST', headers: { host: 'k8s-agent-dashboard.k8s-agent.svc', ...headers }, body });

const basic = (password: string) => ({
  authorization: `Basic ${Buffer.from(`alertmanager:${password}`).toString('base64')}`,
});

it('has an alert on disk when it answers, and hands it to the daemon that waits', async () => {
  const rig = await startInbox();
  const daemon = await rig.program('daemon');
  const waiting = daemon('/api/inbox?wait=30');
  expect(await send(rig, aPayload(anAlert()))).toMatchObject({ status: 200, json: { received: 1 } });
  const [entry] = await rig.controlPlane.inbox.waiting();
  expect((await waiting).json).toEqual([entry]);
  expect(entry).toMatchObject({
    version: 1,
    seen: 1,
    body: { kind: 'alert', alert: { fingerprint: 'print-KubePodCrashLooping' } },
  });
  const acknowledge = { method: 'POST', body: { version: 1, run: 'run-1' } };
  expect((await daemon(`/api/inbox/${entry?.id}/acknowledge`, acknowledge)).json).toEqual({ acknowledged: true });
  expect((await daemon('/api/inbox')).json).toEqual([]);
  expect((await daemon('/api/inbox?all=true')).json).toMatchObject([{ acknowledged: 1, run: 'run-1' }]);
});

it('makes one entry of duplicates, in whatever order they come', async () => {
  const rig = await startInbox();
  const [firing, resolved] = [aPayload(anAlert()), aPayload(anAlert({ status: 'resolved' }))];
  for (const payload of [firing, firing, resolved, firing, resolved, firing])
    expect((await send(rig, payload)).status).toBe(200);
  await Promise.all(Array.from({ length: 10 }, () => send(rig, firing)));
  const entries = await rig.controlPlane.inbox.list();
  expect(entries).toMatchObject([{ body: { alert: { status: 'resolved' } } }]);
});

it('makes entries of their own of alerts that are not the same, or fire again', async () => {
  const rig = await startInbox();
  await send(
    rig,
    aPayload(anAlert(), anAlert({ name: 'NodeNotReady' }), anAlert({ startsAt: '2026-11-24T09:00:00Z' })),
  );
  expect(await rig.controlPlane.inbox.list()).toHaveLength(3);
});

it('lets Alertmanager in by bearer or basic, and nobody else', async () => {
  const rig = await startInbox();
  expect((await send(rig, aPayload(anAlert()), basic(TOKEN))).status).toBe(200);
  expect((await send(rig, aPayload(anAlert()), bearer(await rig.token('daemon')))).status).toBe(200);
  // An alert starts runs, and some approve by themselves.
  expect((await send(rig, aPayload(anAlert()), bearer(await rig.token('agent')))).status).toBe(403);
  for (const headers of [{}, bearer('another'), basic('another'), bearer('')]) {
    expect((await send(rig, aPayload(anAlert()), headers)).status).toBe(401);
  }
  const reads = await rig.ask('/api/approvals', { headers: bearer(TOKEN) });
  expect(reads.status).toBe(403);
});

it('lets nobody in by an empty token, where the file is not there', async () => {
  const rig = await startDashboard({ alertmanagerToken: async () => undefined });
  expect((await send(rig, aPayload(anAlert()), bearer(''))).status).toBe(401);
});

it('says 503 when it cannot store, so that Alertmanager sends again', async () => {
  const rig = await startInbox();
  await rig.controlPlane.close();
  expect(await send(rig, aPayload(anAlert()))).toMatchObject({
    status: 503,
    json: { error: { code: 'store_unavailable', message: 'The alerts could not be stored.' } },
  });
});

it.each([
  ['no JSON', '{'],
  ['another version', JSON.stringify({ ...aPayload(anAlert()), version: '3' })],
  ['no alerts', JSON.stringify({ version: '4', groupKey: 'x' })],
])('says 400 to what can never be stored: %s', async (_name, body) => {
  const rig = await startInbox();
  const headers = { ...bearer(TOKEN), 'content-type': 'application/json' };
  expect((await rig.ask(PATH, { method: 'POST', headers, body })).status).toBe(400);
});

it('says 413 to more than it can hold', async () => {
  const rig = await startInbox();
  expect((await send(rig, { ...aPayload(anAlert()), pad: 'x'.repeat(MAX_BODY) })).status).toBe(413);
});

it('does not keep a long key of a group once for each of its alerts', async () => {
  const rig = await startInbox();
  const alerts = Array.from({ length: 20 }, (_, n) => anAlert({ name: `n${n}` }));
  expect((await send(rig, { ...aPayload(...alerts), groupKey: 'k'.repeat(500_000) })).status).toBe(200);
  const entries = await rig.controlPlane.inbox.list();
  expect(entries).toHaveLength(20);
  expect(JSON.stringify(entries).length).toBeLessThan(100_000);
});

it('cuts what nobody reads to its end, and refuses no group for one alert in it', async () => {
  const rig = await startInbox();
  const { labels, annotations, ...rest } = anAlert();
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`label_${n}`, 'x']));
  const huge = {
    ...{ ...rest, fingerprint: 'print-huge', annotations: { summary: `${'x'.repeat(3_999)}😀${'y'.repeat(300_000)}` } },
    labels: { ...labels, pod: 'p'.repeat(300_000), ...many },
  };
  expect((await send(rig, aPayload(huge, anAlert()))).json).toEqual({ received: 2 });
  const entries = await rig.controlPlane.inbox.list();
  const kept = entries.flatMap(({ body }) => (body.kind === 'alert' ? [body.alert] : []));
  expect(kept).toContainEqual({ labels, annotations, ...rest });
  const cut = kept.find(({ fingerprint }) => fingerprint === 'print-huge');
  expect(cut?.labels).toMatchObject({ ...labels, pod: 'p'.repeat(1_000) });
  expect(Object.keys(cut?.labels ?? {})).toHaveLength(100);
  expect(cut?.annotations.summary).toBe('x'.repeat(3_999));
});

it('takes what is no text either: half a character, and names that JavaScript has for its own', async () => {
  const rig = await startInbox();
  const labels = '{"alertname":"half \\ud800","__proto__":"x","constructor":"y"}';
  const body = `{"version":"4","groupKey":"g","alerts":[{"labels":${labels},"startsAt":"\\udfff"}]}`;
  const headers = { ...bearer(TOKEN), 'content-type': 'application/json' };
  expect(await rig.ask(PATH, { method: 'POST', headers, body })).toMatchObject({ status: 200, json: { received: 1 } });
  const [entry] = await rig.controlPlane.inbox.list();
  expect(entry?.body).toMatchObject({ alert: { labels: { alertname: 'half \ufffd', constructor: 'y' } } });
});

it('takes the fields that newer versions add', async () => {
  const rig = await startInbox();
  const newer = { ...aPayload(anAlert()), notification_reason: 'new', routeLabels: { a: 'b' } };
  expect((await send(rig, newer)).status).toBe(200);
});

it('lets a person start a workflow by a form, in which empty fields are not there', async () => {
  const rig = await startInbox();
  const ada = await rig.person();
  const fields = { csrf: await ada.csrf(), workflow: 'clean up', 'inputs.namespace': 'shop', 'inputs.deep': '' };
  const { status, headers } = await ada.post('/api/inbox/manual', fields);
  const [entry] = await rig.controlPlane.inbox.waiting();
  expect(entry?.body).toEqual({ kind: 'manual', workflow: 'clean up', inputs: { namespace: 'shop' }, by: 'ada' });
  expect(status).toBe(303);
  expect(headers.location).toBe(`/workflows/clean%20up#${entry?.id}`);
});
