import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../cli/up/columns.ts';
import { lineText } from '../../cli/up/line-text.ts';
import type { Picture } from '../../cli/up/picture.ts';
import { type Paint, viewText } from '../../cli/up/view.ts';
import type { DaemonView, Line } from '../../daemon/view.ts';

const NOW = Date.UTC(2026, 10, 24, 17, 0, 0);
const MINUTE = 60_000;

function aDaemon(given: Partial<DaemonView> = {}): DaemonView {
  return {
    owner: 'pi5-a-4711',
    startedAt: NOW - 150 * MINUTE,
    leads: true,
    runs: [
      { run: 'run-0a1b2c3d4e', workflow: 'pod-crashloop', step: 'fix', doing: 'person', since: NOW - 3 * MINUTE },
      { run: 'run-5f6g7h8j9k', workflow: 'cluster-health-check', doing: 'lock', since: NOW - 45_000 },
    ],
    problems: [{ what: 'No agent can work: there is no key.', remedy: 'Set ANTHROPIC_API_KEY for this process.' }],
    nextRuns: [{ workflow: 'cluster-health-check', at: NOW + 30 * MINUTE }],
    pending: [
      {
        approval: 'ap-0a1b2c3d4e',
        what: 'scale Deployment/web in shop',
        expiresAt: NOW + 12 * MINUTE,
        link: 'http://127.0.0.1:8080/pending/ap-0a1b2c3d4e',
      },
    ],
    spentTodayUsd: 1.204,
    budgetTodayUsd: 25,
    ...given,
  };
}

const LINES: readonly Line[] = [
  { at: NOW - 4 * MINUTE, level: 'info', text: 'An alert has started it', run: 'run-0a1b2c3d4e' },
  { at: NOW - 3 * MINUTE, level: 'warn', text: 'A person is asked', run: 'run-0a1b2c3d4e' },
];

const plain: Paint = (_, text) => text;
const time = (ms: number) => new Date(ms).toISOString().slice(11, 19);

function shown(
  given: Partial<Picture> = {},
  screen: { columns?: number; rows?: number; paint?: Paint } = {},
  lines = LINES,
) {
  const picture = { now: NOW, dashboard: { url: 'http://127.0.0.1:8080' }, daemon: aDaemon(), ...given };
  return viewText(picture, lines, { columns: 90, rows: 40, paint: plain, time, ...screen });
}

describe('the view', () => {
  it('shows who leads, the money, the dashboard, problems with remedies, approvals, runs, schedules and events', () => {
    const dashboard = { url: 'http://127.0.0.1:8080', link: 'http://127.0.0.1:8080/setup/SECRET' };
    expect(shown({ dashboard })).toMatchInlineSnapshot(`
      "k8s-agent  leads  $1.20 of $25.00 today  up 2h  pi5-a-4711
      dashboard  http://127.0.0.1:8080

      Problems
        No agent can work: there is no key.
          Set ANTHROPIC_API_KEY for this process.

      A person is asked
        scale Deployment/web in shop (12m left)
          http://127.0.0.1:8080/pending/ap-0a1b2c3d4e

      Nobody can sign in yet. Open this, once:
        http://127.0.0.1:8080/setup/SECRET

      Runs (2)
        run-0a1b2c3d4e  pod-crashloop         fix  waits for a person, 3m
        run-5f6g7h8j9k  cluster-health-check       waits for another run, 45s

      Next
        17:30:00  cluster-health-check  in 30m

      Last
        16:56:00  run-0a1b2c3d4e  An alert has started it
        16:57:00  run-0a1b2c3d4e  A person is asked"
    `);
  });

  it('breaks what people have to read whole, and cuts the rest, where the terminal is narrow and low', () => {
    expect(shown({}, { columns: 34, rows: 18 })).toMatchInlineSnapshot(`
      "k8s-agent  leads  $1.20 of $25.00…
      dashboard  http://127.0.0.1:8080
      Problems
        No agent can work: there is no
        key.
          Set ANTHROPIC_API_KEY for this
          process.
      A person is asked
        scale Deployment/web in shop
        (12m left)
          http://127.0.0.1:8080/pending/
          ap-0a1b2c3d4e
      Runs (2)
        run-0a1b2c3d4e  pod-crashloop…
      Next
        17:30:00  cluster-health-check…
      Last
        16:57:00  run-0a1b2c3d4e  A per…"
    `);
  });

  it('keeps to what matters most on a tiny terminal', () => {
    expect(shown({}, { columns: 20, rows: 5 })).toMatchInlineSnapshot(`
      "k8s-agent  leads  $…
      dashboard  http://1…
      Problems
        No agent can work:
        there is no key."
    `);
  });

  it('shows why there is no dashboard before the daemon’s own problems, whole', () => {
    const problem = { what: 'Port 8080 is taken by another program, so there is no dashboard.', remedy: 'End it.' };
    expect(shown({ dashboard: { problem } }, { columns: 50, rows: 9 })).toMatchInlineSnapshot(`
      "k8s-agent  leads  $1.20 of $25.00 today  up 2h  p…
      dashboard  none
      Problems (2)
        Port 8080 is taken by another program, so there
        is no dashboard.
          End it.
      A person is asked
        scale Deployment/web in shop (12m left)
          http://127.0.0.1:8080/pending/ap-0a1b2c3d4e"
    `);
  });

  it('says what a daemon that stops waits for, and for how long', () => {
    expect(shown({ drain: 41_400 }).split('\n').slice(1, 3).join('\n')).toMatchInlineSnapshot(`
      "Stopping: waits for 2 runs: run-0a1b2c3d4e (pod-crashloop, fix), run-5f6g7h8j9k
      (cluster-health-check); 42 s left. A second signal (Ctrl+C) ends it at once."
    `);
  });

  it('starts before the daemon has', () => {
    expect(
      viewText({ now: NOW, dashboard: {} }, [], { columns: 80, rows: 24, paint: plain, time }),
    ).toMatchInlineSnapshot(`
      "k8s-agent  starts
      dashboard  none"
    `);
  });

  it('paints whole lines, so that a colour never stands for what is not written', () => {
    const paint: Paint = (style, text) => `<${style}>${text}</${style}>`;
    const painted = shown({}, { paint });
    expect(painted).toContain('<red>  No agent can work: there is no key.</red>');
    expect(painted.replace(/<\/?(bold|dim|red|yellow)>/g, '')).toBe(shown());
  });

  it.each([1, 2, 3, 7, 12, 20, 33, 60, 200])('is never wider than %i columns', (columns) => {
    for (const rows of [1, 2, 5, 9, 16, 24, 80]) {
      const lines = shown({ drain: 5_000 }, { columns, rows }).split('\n');
      expect(lines.length).toBeLessThanOrEqual(rows);
      expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(columns);
    }
  });
});

describe('text from outside', () => {
  const hostile = 'web\u001b[2J\u001b]0;owned\u0007\r\nk8s-agent  all is well \u202egnp.exe password=hunter22';
  const daemon = aDaemon({
    runs: [{ run: hostile, workflow: hostile, step: hostile, doing: 'agent', since: NOW }],
    problems: [{ what: hostile, remedy: hostile }],
    nextRuns: [{ workflow: hostile, at: NOW }],
    pending: [{ approval: 'ap-0a1b2c3d4e', what: hostile, expiresAt: NOW, link: hostile }],
  });
  const line: Line = { at: NOW, level: 'bad', text: hostile, run: hostile };

  it.each([
    ['the view', () => shown({ daemon, drain: 1_000 }, { columns: 400 }, [line])],
    ['a line', () => lineText(line, false).trimEnd()],
  ])('can move no cursor, begin no line of its own, and show no secret in %s', (_, text) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there.
    expect(text()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(text()).not.toMatch(/^k8s-agent {2}all/m);
    expect(text()).not.toContain('hunter22');
    expect(text()).toContain('<U+001B>');
  });

  it('takes two columns for a wide character and none for a mark, so that no line is broken by the terminal', () => {
    expect(['日本', 'e\u0301', '🚀', '⚠️', '한', 'ｗ'].map(columnsOf)).toEqual([4, 1, 2, 2, 2, 2]);
    const wide = aDaemon({ problems: [{ what: '日本語のとても長い名前'.repeat(4), remedy: '🚀'.repeat(30) }] });
    const lines = shown({ daemon: wide }, { columns: 31 }).split('\n');
    expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(31);
    expect(lines.join('').replace(/[^🚀]/gu, '')).toBe('🚀'.repeat(30));
  });
});

describe('a line', () => {
  const line: Line = { at: NOW, level: 'warn', text: 'A person is asked', run: 'run-1' };

  it('carries the time in UTC and the level', () => {
    expect(lineText(line, false)).toBe('2026-11-24T17:00:00.000Z warn run-1 A person is asked\n');
  });

  it('leaves the time to journald, and tells it the level', () => {
    expect(lineText(line, true)).toBe('<4>run-1 A person is asked\n');
  });
});
