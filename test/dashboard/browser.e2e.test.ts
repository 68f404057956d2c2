import { describe, expect, it } from 'vitest';
import type { Approval } from '../../shared/approvals/approval.ts';
import { EVENTS_PATH } from '../../shared/control-plane/api.ts';
import { anApproval } from '../support/builders.ts';
import { type DashboardRig, startDashboard } from '../support/dashboard.ts';
import { sameDocument, useBrowser } from './browser-rig.ts';

const { open, signedIn } = useBrowser();
const SCALE = 'scale Deployment/web in shop';
const SYNC = 'sync Application/media in argocd';

/** Asks now, for a quarter of an hour unless told. */
async function ask({ controlPlane, clock }: DashboardRig, change: Partial<Approval> = {}): Promise<Approval> {
  const now = clock.now();
  return controlPlane.approvals.open(anApproval({ createdAt: now, expiresAt: now + 900_000, ...change }));
}

describe('signing in', () => {
  it('leads to the page that was wanted, and out again', async () => {
    const rig = await startDashboard();
    const page = await signedIn(rig, 'ada', '/history?tool=scale');
    expect(await page.getByLabel('Tool').inputValue()).toBe('scale');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(`${rig.url}/login`);
    await page.goto(`${rig.url}/pending`);
    expect(new URL(page.url()).pathname).toBe('/login');
  });

  it('says that name and password do not belong together, and no more', async () => {
    const rig = await startDashboard();
    const page = await open();
    await page.goto(`${rig.url}/login`);
    await page.getByLabel('Name').fill('ada');
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await page.getByRole('alert').textContent()).toBe('That name and password do not belong together.');
  });
});

describe('the pending page', () => {
  it('says that nothing is pending until something is, and then shows it without a reload', async () => {
    const rig = await startDashboard();
    const page = await signedIn(rig, 'ada', '/pending');
    await page.getByText('Nothing is pending.').waitFor();
    const isSame = await sameDocument(page);
    await ask(rig);
    await page.getByRole('article', { name: SCALE }).waitFor();
    expect(await page.getByText('Nothing is pending.').count()).toBe(0);
    expect(await page.title()).toBe('(1) Pending · k8s-agent');
    await page.locator('#news', { hasText: `Waiting for you: ${SCALE}.` }).waitFor({ state: 'attached' });
    expect(await isSame()).toBe(true);
  });

  it('keeps what a person is typing when something else comes and goes', async () => {
    const rig = await startDashboard();
    const other = await ask(rig, { id: 'ap-1', key: 'k1', what: SYNC });
    await ask(rig, { id: 'ap-2', key: 'k2' });
    const page = await signedIn(rig, 'ada', '/pending');
    const reason = page.getByRole('article', { name: SCALE }).getByLabel('Reason');
    await reason.pressSequentially('because ');
    await ask(rig, { id: 'ap-3', key: 'k3', what: 'delete Pod/web-1 in shop' });
    await page.getByRole('article', { name: 'delete Pod/web-1 in shop' }).waitFor();
    await rig.controlPlane.approvals.swap('pending', { ...other, state: 'void', result: 'it moved' });
    await page.getByRole('article', { name: SYNC }).waitFor({ state: 'detached' });
    await page.keyboard.type('it is night');
    expect(await reason.inputValue()).toBe('because it is night');
  });

  it('takes a rejection and its reason', async () => {
    const rig = await startDashboard();
    const { id } = await ask(rig);
    const page = await signedIn(rig, 'ada', '/pending');
    await page.getByLabel('Reason').fill('Not before the backup.');
    await page.getByRole('button', { name: `Reject ${SCALE}` }).click();
    await page.getByText('Rejected by ada (dashboard)').waitFor();
    expect(await rig.controlPlane.approvals.get(id)).toMatchObject({
      state: 'rejected',
      settled: { by: 'ada', via: 'dashboard', reason: 'Not before the backup.' },
    });
  });

  it('takes an answer by the keyboard alone', async () => {
    const rig = await startDashboard();
    const { id } = await ask(rig);
    const page = await signedIn(rig, 'ada', '/pending');
    await page.getByLabel('Reason').press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${rig.url}/pending/${id}`);
    expect((await rig.controlPlane.approvals.get(id))?.state).toBe('approved');
  });

  it('takes an answer without its script', async () => {
    const rig = await startDashboard();
    const { id } = await ask(rig);
    const page = await signedIn(rig, 'ada', '/pending', { javaScriptEnabled: false });
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.waitForURL(`${rig.url}/pending/${id}`);
    await page.getByText('Approved by ada (dashboard)').waitFor();
  });

  it('closes a question when its time is over', async () => {
    const rig = await startDashboard();
    await ask(rig, { expiresAt: rig.clock.now() + 3_000 });
    const page = await signedIn(rig, 'ada', '/pending');
    await page.getByRole('article', { name: SCALE }).waitFor();
    rig.clock.advance(3_000);
    await page.getByText('Nothing is pending.').waitFor();
    await page.getByText('Expired, nothing was changed: nobody answered in time').waitFor();
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  });

  it('lets one of two people win, and tells the other who did', async () => {
    const rig = await startDashboard();
    const { id } = await ask(rig);
    const ada = await signedIn(rig, 'ada', '/pending');
    const bob = await signedIn(rig, 'bob', '/pending');
    // Bob's page does not hear of it: he presses the button on what he still sees.
    await bob.context().route(`**${EVENTS_PATH}`, (route) => route.abort());
    await bob.reload();
    await ada.getByRole('button', { name: 'Reject' }).click();
    await ada.getByText('Rejected by ada').waitFor();
    await bob.getByRole('button', { name: 'Approve' }).click();
    await bob
      .getByRole('alert')
      .filter({ hasText: `Approval ${id} is already rejected.` })
      .waitFor();
    await bob.getByRole('link', { name: 'See what is pending' }).click();
    await bob.getByText('Nothing is pending.').waitFor();
    expect((await rig.controlPlane.approvals.get(id))?.settled?.by).toBe('ada');
  });

  it('says so when it is not told of changes any more', async () => {
    const rig = await startDashboard();
    const page = await signedIn(rig, 'ada', '/pending');
    await page.getByText('Nothing is pending.').waitFor();
    rig.dashboard.close();
    await page.getByText('Not connected. This is as of').waitFor();
  });
});
