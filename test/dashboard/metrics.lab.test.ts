import { expect, it, onTestFinished } from 'vitest';
import { HttpRunStore } from '../../shared/control-plane/client/stores.ts';
import { openPostgres } from '../../shared/control-plane/postgres/open.ts';
import { fakeClock } from '../support/clock.ts';
import { postgresForTests } from '../support/postgres.ts';
import { replica } from '../support/replica.ts';
import { ENDED, finished, Story, scrape } from './metrics-rig.ts';

const postgres = postgresForTests();

it('two replicas on one PostgreSQL say the same of runs that are appended at either', async () => {
  const url = await postgres.database();
  const clock = fakeClock();
  const planes = await Promise.all([openPostgres(url, clock), openPostgres(url, clock)]);
  onTestFinished(async () => {
    for (const plane of planes) await plane.close();
  });
  const [one, other] = await Promise.all([replica(planes[0], clock), replica(planes[1], clock)]);
  const [here, there] = [one, other].map((each) => new HttpRunStore(each.client()));
  if (here === undefined || there === undefined) throw new Error('two replicas');
  const story = new Story({ clock }, 'run-1');
  await story.append(here, story.created('schedule'));
  await scrape(one.url, '');
  await story.append(there, { type: 'admitted' }, finished('look'));
  clock.advance(20_000);
  await story.append(here, ENDED);
  for (const { url } of [one, other, one, other]) await scrape(url, '');
  const said = await Promise.all([one, other].map((each) => scrape(each.url, 'k8s_agent_run')));
  expect(said[0]).toEqual(said[1]);
  expect(said[0]).toMatchObject({
    'k8s_agent_runs_started_total{workflow="check",cause="schedule"}': 1,
    'k8s_agent_run_duration_seconds_sum{workflow="check",status="succeeded"}': 20,
  });
});
