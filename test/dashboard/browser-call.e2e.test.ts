import { join } from 'node:path';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import type { LabInfo } from '../../lab/index.ts';
import { kubectl } from '../../lab/kubectl-exec.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { startDashboard } from '../support/dashboard.ts';
import { tempFolder } from '../support/gate-rig.ts';
import { freshNamespace, labForTests } from '../support/lab.ts';
import { connect2026 } from '../support/mcp/connect-2026.ts';
import { kubectlServer } from '../support/server.ts';
import { sameDocument, useBrowser } from './browser-rig.ts';

const { signedIn } = useBrowser();
let lab: LabInfo;
let namespace: string;

beforeAll(async () => {
  lab = await labForTests();
  namespace = await freshNamespace(lab, 'browser');
  await kubectl(lab, ['-n', namespace, 'create', 'deployment', 'web', '--image=registry.example.invalid/web:1']);
});

/** The real server of an MCP client, which asks at this dashboard. */
async function clientOf(rig: Awaited<ReturnType<typeof startDashboard>>) {
  const server = kubectlServer({ home: join(tempFolder(), '.claude'), kubeconfig: lab.kubeconfig });
  const dashboard = { K8S_AGENT_DASHBOARD_URL: rig.url, K8S_AGENT_DASHBOARD_TOKEN: await rig.token() };
  const client = await connect2026({ ...server, env: { ...server.env, ...dashboard } });
  onTestFinished(() => client.close());
  return client;
}

const paused = () => kubectl(lab, ['-n', namespace, 'get', 'deployment', 'web', '-o', 'jsonpath={.spec.paused}']);
const pausing = () => ({
  ...{ kind: 'deployment', name: 'web', namespace, patch: { spec: { paused: true } } },
  why: 'the next release has to wait',
});

it('shows a waiting call without a reload, takes its yes after the diff was read, and then its outcome', async () => {
  const rig = await startDashboard({ clock: systemClock });
  const client = await clientOf(rig);
  const page = await signedIn(rig, 'ada', '/pending');
  await page.getByText('Nothing is pending.').waitFor();
  const isSame = await sameDocument(page);

  const answer = client.call('patch', pausing());
  const card = page.getByRole('article', { name: `patch Deployment/web in ${namespace}` });
  await card.waitFor();
  expect(await isSame()).toBe(true);
  expect(await card.locator('.add').allInnerTexts()).toEqual([expect.stringMatching(/^\+\s+paused: true/)]);
  expect(await card.textContent()).toContain('the next release has to wait');
  expect(await paused()).toBe('');

  await card.getByRole('button', { name: 'Approve' }).click();
  await page.getByText('Approved by ada (dashboard)').waitFor();
  expect(await answer).toMatchObject({ isError: false, text: expect.stringContaining('is patched') });
  expect(await paused()).toBe('true');
  await page.getByText('executed', { exact: true }).waitFor();

  await page.getByRole('link', { name: 'History' }).click();
  const entry = page.getByRole('listitem').filter({ hasText: `patch Deployment/web in ${namespace}` });
  await entry.getByText('ok', { exact: true }).waitFor();
  await entry.getByText('Details').click();
  expect(await entry.textContent()).toContain('user-confirmed by ada (dashboard)');
  expect(await page.getByText('chain verified').count()).toBe(1);
});

it('tells the waiting call of a no, and why', async () => {
  const rig = await startDashboard({ clock: systemClock });
  const client = await clientOf(rig);
  const page = await signedIn(rig, 'ada', '/pending');
  const answer = client.call('scale', { ...pausing(), patch: undefined, replicas: 3 });
  await page.getByLabel('Reason').fill('Two are enough.');
  await page.getByRole('button', { name: 'Reject' }).click();
  const { isError, text } = await answer;
  expect(isError).toBe(true);
  expect(text).toContain('A person rejected this. Nothing was changed.');
  expect(text).toContain('Two are enough.');
});
