import { expect, it, onTestFinished } from 'vitest';
import { tempFolder } from '../support/gate-rig.ts';
import { filesIn, soakRig } from './soak-rig.ts';

it('gives each incident one run that ends, however often its alerts come', async () => {
  const rig = await soakRig(tempFolder());
  onTestFinished(rig.close);
  await rig.hour(12);
  await rig.hour(12);
  const incidents = await rig.stores().incidents.list(1_000);
  expect(incidents.length).toBeGreaterThan(10);
  const runs = await rig.stores().runs.list({ limit: 1_000 });
  expect(new Set(incidents.map(({ run }) => run)).size).toBe(incidents.length);
  for (const { run } of incidents) expect(runs.filter((row) => row.run === run)).toHaveLength(1);
  expect(runs.filter(({ status }) => status === 'running' || status === 'waiting')).toEqual([]);
  expect(await rig.plane.inbox.waiting()).toEqual([]);
  expect(filesIn(rig.paths.actionLogs)).toEqual(['2026-11-24-actions.jsonl']);
  expect(filesIn(rig.paths.workflowLogs)).toHaveLength(2 * runs.length);
}, 60_000);
