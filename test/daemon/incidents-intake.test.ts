import { expect, it } from 'vitest';
import type { Problem } from '../../daemon/announce/problem.ts';
import { type IntakeOptions, intake } from '../../daemon/intake.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { Catalog } from '../../shared/workflow/catalog.ts';
import { SHIPPED } from '../support/workflows.ts';
import { anAlert, incidentsRig } from './incidents-rig.ts';

const BROKEN = new OpsError('store_unavailable', 'An event of it is of another version.', 'Look at it.');

/** A leader that looks once; `ill` is what people would hear of it. */
function leader(change: { readonly startManual?: IntakeOptions['starter']['startManual']; catalog?: Catalog } = {}) {
  const rig = incidentsRig();
  const [ill, started, logged] = [new Map<string, Problem>(), [] as string[], [] as string[]];
  const does = async ({ kind, key }: { kind: string; key: string }) => void started.push(`${kind} ${key}`);
  const look = async (endOf = async (): Promise<undefined> => undefined) => {
    const stop = new AbortController();
    const options: IntakeOptions = {
      inbox: {
        waiting: (limit) => rig.inbox.waiting(limit),
        list: (limit) => rig.inbox.list(limit),
        acknowledge: (...entry) => rig.inbox.acknowledge(...entry),
        arrived: async () => {
          stop.abort();
          return [];
        },
      },
      incidents: rig.daemon({ endOf }),
      ports: { start: does, joined: does, resolved: does },
      starter: { startManual: change.startManual ?? (async ({ id }) => `run-${id}`) },
      catalog: async () => change.catalog ?? SHIPPED,
      health: {
        unhealthy: async (problem) => void ill.set(problem.id, problem),
        healthy: async (id) => void ill.delete(id),
      },
      sleep: async () => stop.abort(),
      log: (message) => void logged.push(message),
    };
    await intake(options, stop.signal);
    return started.splice(0);
  };
  return { rig, ill, logged, look };
}

it('an alert that cannot be taken in holds up no other, and people hear of it', async () => {
  const { rig, look, ill, logged } = leader();
  const db = (n: number) => anAlert({ labels: { pod: `db-${n}` } });
  await rig.inbox.receive('{}', [db(0)], 0);
  expect(await look()).toEqual(['start shop/db']);
  await rig.inbox.receive('{}', [db(1)], 1);
  await rig.inbox.receive('{}', [anAlert()], 2);
  expect(await look(() => Promise.reject(BROKEN))).toEqual(['start shop/web']);
  expect(logged).toHaveLength(1);
  expect(ill.get('inbox')).toMatchObject({
    what: 'The inbox cannot be taken in as a whole: An event of it is of another version.',
    patience: 120_000,
  });
  expect(await look()).toEqual(['joined shop/db']);
  expect(ill).toEqual(new Map());
});

it('what a person has started and cannot be started holds up nobody else, and no alert', async () => {
  const names: string[] = [];
  const { rig, look } = leader({
    startManual: async ({ id, body }) => {
      if (body.kind === 'manual' && body.workflow === 'broken') throw BROKEN;
      names.push(id);
      return `run-${id}`;
    },
  });
  await rig.inbox.trigger({ workflow: 'broken', inputs: {}, by: 'ada' }, 0);
  const { id } = await rig.inbox.trigger({ workflow: 'fine', inputs: {}, by: 'ada' }, 1);
  await rig.inbox.receive('{}', [anAlert()], 2);
  expect(await look()).toEqual(['start shop/web']);
  expect(names).toEqual([id]);
  expect(await rig.inbox.waiting()).toMatchObject([{ body: { workflow: 'broken' } }]);
});

it('a workflow that cannot be read is told: its alerts would start nothing', async () => {
  const reason = 'unknown agent "x"';
  const problems = [{ file: 'incidents/job-failed.yaml', line: 4, column: 3, reason }];
  const { look, ill } = leader({ catalog: { ...SHIPPED, problems } });
  await look();
  expect(ill.get('workflows')).toMatchObject({
    what: 'Workflows cannot be read, and start by nothing: incidents/job-failed.yaml:4:3: unknown agent "x".',
    severity: 'warning',
  });
});
