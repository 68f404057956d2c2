import { expect, it } from 'vitest';
import { prune } from '../../dashboard/housekeeping.ts';
import { startDashboard } from '../support/dashboard.ts';

const DAY = 86_400_000;

it('forgets what has expired, and what is older than it has to be', async () => {
  const { controlPlane, clock } = await startDashboard();
  const { documents, inbox } = controlPlane;
  await documents.put('session', 'old', {}, clock.now() + 1);
  await documents.put('token', 'kept', {});
  const old = await inbox.trigger({ workflow: 'a', inputs: {}, by: 'ada' }, clock.now());
  await inbox.acknowledge(old.id, old.version);
  clock.advance(90 * DAY + 1);
  const recent = await inbox.trigger({ workflow: 'b', inputs: {}, by: 'ada' }, clock.now());
  expect(await prune(controlPlane, clock.now())).toBe(1);
  expect(await inbox.list()).toHaveLength(2);
  expect(await prune(controlPlane, clock.now(), 90 * DAY)).toBe(1);
  expect(await inbox.list()).toEqual([recent]);
  expect(await documents.list('token', clock.now())).toHaveLength(1);
});
