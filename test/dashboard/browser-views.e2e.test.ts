import { expect, it } from 'vitest';
import type { RunEvent } from '../../shared/workflow/events.ts';
import { replay } from '../../shared/workflow/state.ts';
import { type DashboardRig, startDashboard } from '../support/dashboard.ts';
import { sameDocument, useBrowser } from './browser-rig.ts';
import { RECORDS } from './views/sample/records.ts';
import { EVENTS, WORKFLOWS } from './views/sample/workflows.ts';

const { signedIn } = useBrowser();
const RUN = 'run-7k2m4x9q1c';

/** Writes the events of a run as the daemon does. */
async function append({ controlPlane: { runs } }: DashboardRig, events: readonly RunEvent[], from = 0): Promise<void> {
  for (const [index, event] of events.entries()) {
    if (index < from) continue;
    const state = replay(events.slice(0, index + 1));
    if (state === undefined) throw new Error('a run begins with its creation');
    const { run, workflow, status, createdAt, updatedAt } = state;
    await runs.append(index, event, { run, workflow, status, createdAt, updatedAt });
  }
}

it('filters the history by what the form says, with an address to come back to', async () => {
  const rig = await startDashboard();
  await rig.controlPlane.actions.ship(RECORDS);
  const page = await signedIn(rig, 'ada', '/history');
  const rows = page.locator('.log > li');
  expect(await rows.count()).toBe(RECORDS.length);

  await page.getByLabel('Outcome').selectOption('unknown');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.waitForURL(`${rig.url}/history?outcome=unknown`);
  expect(await rows.allInnerTexts()).toEqual([expect.stringContaining('sync Application/monitoring in argocd')]);
  await page.getByText('Outcome unknown: it may have run.').waitFor();

  await page.getByRole('link', { name: 'Clear' }).click();
  await page.getByLabel('Text').fill('jellyfin');
  await page.getByLabel('Text').press('Enter');
  await page.getByText('Nothing matches this.').waitFor();

  await page.getByLabel('Text').fill('CACHE');
  await page.getByLabel('Agent').fill('k8s-diagnostician');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.waitForURL(/agent=k8s-diagnostician/);
  expect(await rows.allInnerTexts()).toEqual([expect.stringContaining('delete PersistentVolumeClaim/cache in media')]);
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export as JSONL' }).click();
  expect((await download).suggestedFilename()).toBe('actions.jsonl');
});

it('starts a workflow with its inputs, and shows its steps as they go', async () => {
  const rig = await startDashboard();
  const { board, inbox } = rig.controlPlane;
  await board.publishWorkflows(WORKFLOWS);
  const page = await signedIn(rig, 'ada', '/workflows');
  await page.getByRole('link', { name: 'pod-crashloop-remediation' }).click();
  await page.getByLabel('namespace').fill('shop');
  await page.getByLabel('pod', { exact: true }).fill('web-1');
  await page.getByRole('button', { name: 'Run pod-crashloop-remediation' }).click();
  await page.getByText('not taken up by the daemon yet').waitFor();
  const [entry] = await inbox.waiting();
  expect(entry?.body).toEqual({
    ...{ kind: 'manual', workflow: 'pod-crashloop-remediation', by: 'ada' },
    inputs: { namespace: 'shop', pod: 'web-1' },
  });

  const isSame = await sameDocument(page);
  await append(rig, EVENTS.slice(0, 3));
  await inbox.acknowledge(entry?.id ?? '', entry?.version ?? 0, RUN);
  await page.getByText('not taken up by the daemon yet').waitFor({ state: 'detached' });
  expect(await isSame()).toBe(true);
  await page.getByRole('link', { name: RUN }).click();

  const step = page.locator('.steps > li').filter({ hasText: 'diagnose' });
  await step.getByText('running').waitFor();
  const isSameRun = await sameDocument(page);
  await append(rig, EVENTS, 3);
  await step.getByText('done').waitFor();
  await page.locator('.steps > li').filter({ hasText: 'decide-action' }).getByText('running').waitFor();
  expect(await isSameRun()).toBe(true);
});
