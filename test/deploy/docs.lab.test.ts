import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { parse } from 'yaml';
import type { LabInfo } from '../../lab/index.ts';
import { arrayAt, at, stringAt } from '../../shared/kernel/json.ts';
import { labForTests } from '../support/lab.ts';
import { alertmanagerWith } from './monitoring-exec.ts';
import { DEPLOY, render, theOne } from './render.ts';

const DOC = readFileSync(join(DEPLOY, '../docs/deploy.md'), 'utf8');
const [overlay, alertmanager] = [...DOC.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = '']) => parse(text));

let lab: LabInfo;
beforeAll(async () => {
  lab = await labForTests();
});

/** The overlay of the page, as if it were in the folder that is named there. */
function home(rest: object = {}) {
  const from = (path: string) => join('dashboard/overlays/home', path);
  return render(lab, {
    ...overlay,
    resources: overlay.resources.map(from),
    components: overlay.components.map(from),
    ...rest,
  });
}

describe('the overlay in docs/deploy.md', () => {
  it('moves the dashboard to an address and a registry of one’s own, and has its monitoring', async () => {
    const objects = await home();
    const ingress = theOne('Ingress', objects);
    const host = at(arrayAt(ingress, 'spec', 'rules')[0], 'host');
    expect(at(arrayAt(ingress, 'spec', 'tls')[0], 'hosts')).toEqual([host]);
    const settings = objects
      .filter(({ kind }) => kind === 'ConfigMap')
      .map((one) => stringAt(one, 'data', 'PUBLIC_URL'));
    expect(settings).toContain(`https://${host}`);
    const pod = at(theOne('Deployment', objects), 'spec', 'template', 'spec');
    const [{ newName, newTag }] = overlay.images;
    expect(at(arrayAt(pod, 'containers')[0], 'image')).toBe(`${newName}:${newTag}`);
    expect(at(pod, 'nodeSelector', 'node-type')).toBe('pi3');
    theOne('ServiceMonitor', objects);
  });

  it('lets the dashboard out to an OIDC provider by the patch that is given', async () => {
    const [patch = ''] = /- \{ op: replace, path: \/spec\/egress.*?(?=`)/.exec(DOC) ?? [];
    const target = { kind: 'NetworkPolicy', name: 'k8s-agent-dashboard' };
    const policy = theOne('NetworkPolicy', await home({ patches: [...overlay.patches, { target, patch }] }));
    const ports = arrayAt(policy, 'spec', 'egress').flatMap((rule) => arrayAt(rule, 'ports'));
    expect(ports.map((port) => at(port, 'port'))).toEqual([443, 53]);
  });
});

/** A dashboard's inbox that writes down who was let in with what. */
async function anInbox() {
  const heard: { readonly url: string; readonly authorization: string; readonly alerts: readonly unknown[] }[] = [];
  const server = createServer(async (request, response) => {
    const { url = '', headers } = request;
    heard.push({ url, authorization: headers.authorization ?? '', alerts: arrayAt(await json(request), 'alerts') });
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return { heard, origin: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` };
}

it('is sent the alerts that are for agents, with its token, by an Alertmanager as docs/deploy.md configures it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'k8s-agent-token-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const tokenFile = join(folder, 'alertmanager-token');
  writeFileSync(tokenFile, 'the-token\n', { mode: 0o600 });
  const { heard, origin } = await anInbox();
  const config = structuredClone(alertmanager);
  const [webhook] = config.receivers[1].webhook_configs;
  const { pathname } = new URL(webhook.url);
  webhook.url = `${origin}${pathname}`;
  webhook.http_config.authorization.credentials_file = tokenFile;
  config.route.group_wait = '0s';
  const { url, stop } = await alertmanagerWith(config);
  onTestFinished(stop);
  const send = (...names: string[]) =>
    fetch(`${url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(names.map((alertname) => ({ labels: { alertname, namespace: 'shop' } }))),
    });
  const names = () => heard.flatMap(({ alerts }) => alerts.map((alert) => stringAt(alert, 'labels', 'alertname')));
  await send('K8sAgentInboxNotConsumed', 'KubeSchedulerDown', 'Watchdog', 'KubePodCrashLooping');
  await vi.waitFor(() => expect(names()).toContain('KubePodCrashLooping'), { timeout: 10_000 });
  // A later one: whatever was to come of those before it has come by then.
  await send('KubePodNotReady');
  await vi.waitFor(() => expect(names()).toContain('KubePodNotReady'), { timeout: 10_000 });
  expect(names()).toEqual(['KubePodCrashLooping', 'KubePodNotReady']);
  expect(heard[0]).toMatchObject({ url: '/api/inbox/alertmanager', authorization: 'Bearer the-token' });
});
