import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { SqliteIncidents } from '../../daemon/incidents/sqlite.ts';
import { SqliteLeases } from '../../daemon/lease/sqlite.ts';
import { scheduleStateSchema } from '../../daemon/schedule/state.ts';
import { SqliteRecords } from '../../daemon/sqlite-records.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import { fakeClock } from '../support/clock.ts';
import { tempFolder } from '../support/gate-rig.ts';

it('what a daemon knows lives in the file of the dashboard and the servers, for its owner alone, and survives', async () => {
  const file = join(tempFolder(), 'state.db');
  const open = () => {
    const plane = openSqlite(file, fakeClock());
    const states = new SqliteRecords('schedules', scheduleStateSchema, file);
    const [incidents, leases] = [new SqliteIncidents(file), new SqliteLeases(file)];
    const close = () => {
      void plane.close();
      for (const store of [states, incidents, leases]) store.close();
    };
    onTestFinished(close);
    return { plane, states, incidents, leases, close };
  };
  const first = open();
  await first.states.update('check', () => ({ schedule: '0 9 * * * UTC', after: 1 }));
  await first.leases.claim('run-1', 'a', 0, 1_000);
  await first.incidents.take('in-1', 1, 'shop/web', () => ({
    incident: { run: 'run-1', key: 'shop/web', workflow: 'w', openedAt: 0, newsAt: 0, alerts: 1, firing: ['in-1'] },
  }));
  first.close();
  const second = open();
  expect(await second.states.list()).toEqual([{ key: 'check', value: { schedule: '0 9 * * * UTC', after: 1 } }]);
  expect(await second.leases.abandoned(1_000)).toEqual(['run-1']);
  expect(await second.incidents.known('in-1', 'elsewhere')).toMatchObject({ version: 1, incident: { run: 'run-1' } });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
