import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import { startDashboard } from '../support/dashboard.ts';
import { tempFolder } from '../support/gate-rig.ts';
import { aHome, Cases, type Place, soon, Victim } from './takeover-rig.ts';
import { FasterClock } from './takeover-time.ts';

const PLACES: readonly (readonly [name: string, open: () => Promise<Place>])[] = [
  [
    'one file',
    async () => {
      const [paths, clock] = [aHome(), new FasterClock()];
      const plane = openSqlite(paths.database, clock);
      onTestFinished(() => plane.close());
      return { paths, plane, clock };
    },
  ],
  [
    'one dashboard',
    async () => {
      const clock = new FasterClock();
      const { url, token, controlPlane } = await startDashboard({ clock });
      const file = join(tempFolder(), 'token');
      writeFileSync(file, await token('daemon'));
      return { paths: aHome(`dashboard: { url: '${url}', token_file: ${file} }\n`), plane: controlPlane, clock };
    },
  ],
];

/** Points at which the loop that takes alerts in, or that of the schedules, stands still: one of each for a kill. */
const ONE_BY_ONE = /^(before|after) (incident|acknowledge|0 created|effect|due|settled)$/;

/** Cases that stop in the same process: no more than agents work at a time. */
const TOGETHER = 14;

/** Milliseconds after which the leases of the dead are over, and what they have begun is lost. Nobody waits for that. */
const JUMP = 300_000;

interface Case {
  readonly name: string;
  readonly label: string;
}

function pointsOf({ said }: Victim, name: string): string[] {
  const prefix = `point ${name}: `;
  return said.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length));
}

/** One after the other, from each list: those that are killed together. */
function roundsOf(alerts: readonly string[], ticks: readonly string[]) {
  const cases = (kind: string, labels: readonly string[]): Case[] =>
    labels.map((label, n) => ({ name: `${kind}-${n + 1}`, label }));
  const serial = cases(
    'intake',
    alerts.filter((label) => ONE_BY_ONE.test(label)),
  );
  const driven = cases(
    'drive',
    alerts.filter((label) => !ONE_BY_ONE.test(label)),
  );
  const ticking = cases('tick', ticks);
  const count = Math.max(serial.length, ticking.length, Math.ceil(driven.length / TOGETHER));
  return Array.from({ length: count }, (_, n) => ({
    driven: driven.slice(n * TOGETHER, (n + 1) * TOGETHER),
    serial: serial.slice(n, n + 1),
    ticking: ticking.slice(n, n + 1),
  }));
}

/** From here to there nobody can know what came of a change, and a person is asked. */
function doubtful(labels: readonly string[]): string[] {
  const between = (from: RegExp, to: RegExp, after = 0) => {
    const start = labels.findIndex((label, n) => n >= after && from.test(label));
    return labels.slice(start, labels.findIndex((label, n) => n >= start && to.test(label)) + 1);
  };
  const first = between(/^after \d+ action-started/, /^before \d+ action-finished/);
  const rest = labels.indexOf(first.at(-1) ?? '') + 1;
  const second = between(/^after \d+ action-started/, /^before \d+ action-finished/, rest);
  return [...first, ...second, ...between(/^after intent of acted/, /^before outcome of acted/)];
}

/** The run fails: what a step has changed is not done anew when nobody was told of its answer. */
function lost(labels: readonly string[]): string[] {
  const start = labels.indexOf('after outcome of acted');
  return labels.slice(start, start + 2);
}

async function expectOnce(cases: Cases, { name, label }: Case, fate: 'well' | 'asked' | 'lost'): Promise<void> {
  const { rows, state, events, steps, effects } = await cases.of(name);
  const about = `${name}, killed ${label}`;
  expect(rows, about).toHaveLength(1);
  expect(state.status, `${about}: ${state.reason}`).toBe(fate === 'lost' ? 'failed' : 'succeeded');
  expect(cases.doubtful.has(state.run), about).toBe(fate === 'asked');
  expect(new Set(effects).size, about).toBe(effects.length);
  if (fate === 'well') expect(effects, about).toEqual(['acted', 'first', 'second']);
  // Each attempt is asked once; a second one there is where the first has changed nothing.
  expect(new Set(steps.map(({ step, attempt }) => `${step} ${attempt}`)).size, about).toBe(steps.length);
  for (const event of events) {
    if (event.type === 'step-finished')
      expect(
        steps.filter(({ step, attempt }) => step === event.step && attempt > event.attempt),
        about,
      ).toEqual([]);
    if (event.type === 'step-failed' && event.retryAt !== undefined) expect(event.changed, about).toBe('nothing');
  }
}

describe.each(PLACES)('two daemons on %s', { timeout: 600_000 }, (_, open) => {
  it('finish each other’s runs after kill -9 at every event: no step twice, no run lost', async () => {
    const place = await open();
    const cases = new Cases(place);
    let leader = new Victim(place);
    await leader.hears('ready');
    cases.install('drive-0', 'tick-0');
    leader.tell({ go: true });
    await cases.alert('drive-0');
    await cases.tick('tick-0');
    await cases.over('drive-0', 'tick-0');
    const alerts = pointsOf(leader, 'drive-0');
    const ticks = pointsOf(leader, 'tick-0').filter((label) => ONE_BY_ONE.test(label));
    expect(alerts.length).toBeGreaterThan(50);
    expect(ticks).toHaveLength(6);
    await expectOnce(cases, { name: 'drive-0', label: 'never' }, 'well');

    const [unsure, gone] = [doubtful(alerts), lost(alerts)];
    const rounds = roundsOf(alerts, ticks);
    cases.install(...rounds.flatMap((round) => Object.values(round).flatMap((some) => some.map(({ name }) => name))));
    let next = new Victim(place);
    for (const [n, { driven, serial, ticking }] of rounds.entries()) {
      const all = [...driven, ...serial, ...ticking];
      const names = (some: readonly Case[]) => some.map(({ name }) => name);
      leader.tell({ stop: Object.fromEntries(all.map(({ name, label }) => [name, label])) });
      await next.hears('ready');
      const frozen = async (some: readonly Case[]) =>
        soon(async () => {
          if (some === driven) await cases.answer();
          const heard = leader.said;
          expect(heard).toEqual(expect.arrayContaining(some.map(({ name, label }) => `frozen ${name}: ${label}`)));
        });
      await cases.alert(...names(driven));
      await frozen(driven);
      await cases.alert(...names(serial));
      for (const name of names(ticking)) await cases.tick(name);
      await frozen([...serial, ...ticking]);
      // Every second time the other one works already, else it is started when this one is dead.
      if (n % 2 === 0) next.tell({ go: true });
      if (n % 2 === 0) await next.hears('works');
      await leader.kill();
      place.clock.jump(JUMP);
      next.tell({ jump: JUMP });
      if (n % 2 === 1) next.tell({ go: true });
      [leader, next] = [next, new Victim(place)];
      await cases.over(...names(all));
      for (const one of all) {
        const isOf = (labels: readonly string[]) => one.name.startsWith('drive') && labels.includes(one.label);
        await expectOnce(cases, one, isOf(unsure) ? 'asked' : isOf(gone) ? 'lost' : 'well');
      }
    }
    expect(cases.doubtful.size).toBe(unsure.length);
  });
});
