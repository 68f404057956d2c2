import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { SharedIncidents } from '../../daemon/incidents/shared.ts';
import { SharedLeases } from '../../daemon/lease/shared.ts';
import { SharedRecords } from '../../daemon/records.ts';
import { scheduleStateSchema } from '../../daemon/schedule/state.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import { fakeClock } from '../support/clock.ts';
import { tempFolder } from '../support/gate-rig.ts';

it('what a daemon knows lives in the file of the dashboard and the servers, for its owner alone, and survives', async () => {
  const file = join(tempFolder(), 'state.db');
  const open = () => {
    const { daemonState, close } = openSqlite(file, fakeClock());
    onTestFinished(close);
    const states = new SharedRecords(daemonState, 'schedules', scheduleStateSchema);
    return { states, incidents: new SharedIncidents(daemonState), leases: new SharedLeases(daemonState), close };
  };
  const first = open();
  await first.states.update('check', () => ({ schedule: '0 9 * * * UTC', after: 1 }));
  await first.leases.claim('run-1', 'a', 0, 1_000);
  await first.incidents.take('in-1', 1, 'shop/web', () => ({
    incident: { run: 'run-1', key: 'shop/web', workflow: 'w', openedAt: 0, newsAt: 0, alerts: 1, firing: ['in-1'] },
  }));
  await first.close();
  const second = open();
  expect(await second.states.list()).toEqual([{ key: 'check', value: { schedule: '0 9 * * * UTC', after: 1 } }]);
  expect(await second.leases.abandoned(1_000)).toEqual(['run-1']);
  expect(await second.incidents.known('in-1', 'elsewhere')).toMatchObject({ version: 1, incident: { run: 'run-1' } });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
