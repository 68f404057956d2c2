import type { Line } from '../../daemon/view.ts';
import { span } from '../../shared/cluster/times.ts';
import { columnsOf, cut, wrap } from './columns.ts';
import { clean, doingText, drainText, type Picture, problemsOf } from './picture.ts';
import { fitSections, type Section } from './sections.ts';

type Style = 'bold' | 'dim' | 'red' | 'yellow';
/** Leaves the text as it is where there are no colours. */
export type Paint = (style: Style, text: string) => string;

export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly paint: Paint;
  /** `17:04:05` of a time in milliseconds, as the person's clocks show it. */
  readonly time: (ms: number) => string;
}

/** The picture as text that fits the screen: no line is wider, and there is no line too many. */
export function viewText(picture: Picture, lines: readonly Line[], screen: Screen): string {
  const { columns, rows, paint } = screen;
  const head = headLines(picture, screen);
  const sections: readonly Section[] = [
    problems(picture, screen),
    pending(picture, screen),
    firstLogin(picture, screen),
    runs(picture, screen),
    nextRuns(picture, screen),
    events(lines, screen),
  ].map((section) => ({ ...section, title: paint('bold', cut(section.title, columns)) }));
  return [...head, ...fitSections(sections, rows - head.length)].slice(0, rows).join('\n');
}

function headLines(picture: Picture, { columns, paint }: Screen): string[] {
  const { dashboard, drain } = picture;
  return [
    paint('bold', cut(headText(picture), columns)),
    ...(drain === undefined ? [] : wrap(drainText(picture), columns).map((line) => paint('yellow', line))),
    cut(`dashboard  ${dashboard.url ?? 'none'}`, columns),
  ];
}

function headText({ daemon, now }: Picture): string {
  if (daemon === undefined) return 'k8s-agent  starts';
  const { owner, leads, startedAt, spentTodayUsd, budgetTodayUsd } = daemon;
  const money = `$${spentTodayUsd.toFixed(2)} of $${budgetTodayUsd.toFixed(2)} today`;
  const role = leads ? 'leads' : 'another daemon leads';
  return `k8s-agent  ${role}  ${money}  up ${span(now - startedAt)}  ${clean(owner)}`;
}

function problems(picture: Picture, { columns, paint }: Screen): Section {
  const items = problemsOf(picture).map(({ what, remedy }) => [
    ...indented(clean(what), columns, 2).map((line) => paint('red', line)),
    ...indented(clean(remedy), columns, 4),
  ]);
  return { title: titleOf('Problems', items), items };
}

function pending({ daemon, now }: Picture, { columns, paint }: Screen): Section {
  const items = (daemon?.pending ?? []).map(({ approval, what, expiresAt, link }) => [
    ...indented(`${clean(what)} (${span(expiresAt - now)} left)`, columns, 2).map((line) => paint('yellow', line)),
    ...indented(clean(link ?? `k8s-agent approve ${approval}`), columns, 4),
  ]);
  return { title: titleOf('A person is asked', items), items };
}

function firstLogin({ dashboard: { link } }: Picture, { columns }: Screen): Section {
  const items = link === undefined ? [] : [indented(link, columns, 2)];
  return { title: 'Nobody can sign in yet. Open this, once:', items };
}

function runs({ daemon, now }: Picture, { columns }: Screen): Section {
  const rows = (daemon?.runs ?? []).map((run) => [run.run, run.workflow, run.step ?? '', doingText(run, now)]);
  const items = aligned(rows).map((line) => [cut(line, columns)]);
  return { title: titleOf('Runs', items), items };
}

function nextRuns({ daemon, now }: Picture, { columns, time }: Screen): Section {
  const rows = (daemon?.nextRuns ?? []).map(({ workflow, at }) => [time(at), workflow, `in ${span(at - now)}`]);
  return { title: 'Next', items: aligned(rows).map((line) => [cut(line, columns)]) };
}

function events(lines: readonly Line[], { columns, paint, time }: Screen): Section {
  const items = lines.toReversed().map(({ at, level, text, run }) => {
    const line = cut(`  ${time(at)}  ${run === undefined ? '' : `${clean(run)}  `}${clean(text)}`, columns);
    return [level === 'info' ? line : paint(level === 'bad' ? 'red' : 'yellow', line)];
  });
  return { title: 'Last', items, reversed: true };
}

function titleOf(name: string, items: readonly unknown[]): string {
  return items.length < 2 ? name : `${name} (${items.length})`;
}

function indented(text: string, columns: number, indent: number): string[] {
  const margin = columns > 3 * indent ? ' '.repeat(indent) : '';
  return wrap(text, Math.max(1, columns - margin.length)).map((line) => `${margin}${line}`);
}

/** Rows in columns, two spaces apart. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => row.map(clean));
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => columnsOf(row[column] ?? '')))) ?? [];
  return cells.map((row) => {
    const padded = row.map((text, column) => text + ' '.repeat((widths[column] ?? 0) - columnsOf(text)));
    return `  ${padded.filter((_, column) => widths[column] !== 0).join('  ')}`.trimEnd();
  });
}
